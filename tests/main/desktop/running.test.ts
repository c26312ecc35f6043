// What the desktop does while something trains: the taskbar, sleep, the notification at the end.

import { beforeEach, describe, expect, it, vi } from 'vitest';
import { notifyOfEnds } from '../../../main/desktop/notifications.ts';
import { followRuns } from '../../../main/desktop/running-runs.ts';
import { stayAwake } from '../../../main/desktop/stay-awake.ts';
import { showProgress } from '../../../main/desktop/taskbar.ts';
import type { RunSummary } from '../../../preload/contract.ts';
import { stubStudio } from '../server/stub-studio.ts';
import { fakeBlocker, fakeWindow, notifications, resetElectron } from './fake-electron.ts';

vi.mock('electron', async () => (await import('./fake-electron.ts')).electron);

beforeEach(() => {
  resetElectron();
  fakeBlocker.start.mockReturnValue(7);
});

function run(
  id: string,
  state: RunSummary['state'],
  step: number,
  more: Partial<RunSummary> = {},
): RunSummary {
  const whole = { id, name: id, state, step, totalSteps: 100, evalLoss: null, error: null, ...more };
  return whole as RunSummary;
}

async function following({ list = [] as RunSummary[], isWanted = true } = {}) {
  const studio = stubStudio((name) => {
    if (name === 'runs.list') return list;
    return { notifications: isWanted };
  });
  const page = fakeWindow();
  const runs = followRuns(studio);
  showProgress(runs, () => page.window);
  stayAwake(runs);
  notifyOfEnds(runs, studio, () => page.window);
  await vi.waitFor(() => expect(studio.asked).toHaveLength(1));
  await Promise.resolve();
  const update = (summary: RunSummary): void => studio.emit('run.updated', summary);
  return { studio, page, runs, update };
}

const shown = () => notifications.map(({ words, isShown }) => (isShown ? words : null));

describe('while something trains', () => {
  it('the taskbar shows how much of all steps is done, and nothing afterwards', async () => {
    const { page, update } = await following();
    update(run('a', 'running', 10));
    update(run('b', 'running', 50));
    update(run('a', 'paused', 10));
    update(run('b', 'finished', 100));
    expect(page.progress).toEqual([0.1, 0.3, 0.5, -1]);
  });

  it('the computer stays awake, once for all runs', async () => {
    const { update, studio } = await following();
    update(run('a', 'running', 1));
    update(run('b', 'running', 1));
    update(run('a', 'stopped', 1));
    expect(fakeBlocker.start).toHaveBeenCalledExactlyOnceWith('prevent-app-suspension');
    expect(fakeBlocker.stop).not.toHaveBeenCalled();
    studio.emit('run.removed', { runId: 'b' });
    expect(fakeBlocker.stop).toHaveBeenCalledExactlyOnceWith(7);
    update(run('c', 'running', 1));
    expect(fakeBlocker.start).toHaveBeenCalledTimes(2);
  });

  it('counts what ran before the window was opened', async () => {
    const { runs } = await following({ list: [run('a', 'running', 5), run('b', 'finished', 100)] });
    await vi.waitFor(() => expect(runs.list().map(({ id }) => id)).toEqual(['a']));
  });

  it('notices runs that ended without a word', async () => {
    const intervals: (() => void)[] = [];
    vi.spyOn(globalThis, 'setInterval').mockImplementationOnce((tick) => {
      intervals.push(tick as () => void);
      return { unref: () => undefined } as unknown as NodeJS.Timeout;
    });
    const list: RunSummary[] = [];
    const { runs, update } = await following({ list });
    update(run('a', 'running', 5));
    list.push(run('a', 'crashed', 5));
    expect(intervals).toHaveLength(1);
    intervals[0]!();
    await vi.waitFor(() => expect(runs.list()).toEqual([]));
    await vi.waitFor(() => expect(shown()).toHaveLength(1));
  });

  it('queued and paused runs count for nothing', async () => {
    const { page, update } = await following();
    update(run('a', 'queued', 0));
    update(run('b', 'paused', 50));
    expect(page.progress).toEqual([]);
    expect(fakeBlocker.start).not.toHaveBeenCalled();
  });
});

describe('at the end of a run', () => {
  it('a notification says so, and brings the window back', async () => {
    const { page, update } = await following();
    update(run('amber', 'running', 99));
    update(run('amber', 'finished', 100, { evalLoss: 1.23456 }));
    await vi.waitFor(() =>
      expect(shown()).toEqual([{ title: 'amber has finished', body: '100 steps, validation loss 1.235.' }]),
    );
    notifications[0]!.emit('click');
    expect(page.did.focus).toBe(1);
  });

  it('a failure says what went wrong', async () => {
    const { update } = await following();
    update(run('amber', 'running', 9));
    const error = { code: 'disk-full', message: 'The disk is full.', hint: '' };
    update(run('amber', 'failed', 9, { error }));
    await vi.waitFor(() =>
      expect(shown()).toEqual([{ title: 'amber has failed', body: 'The disk is full.' }]),
    );
  });

  it.each([
    ['the user looks at the window', { isFocused: true, isWanted: true, end: 'finished' as const }],
    ['the user has turned them off', { isFocused: false, isWanted: false, end: 'finished' as const }],
    ['the user ended it', { isFocused: false, isWanted: true, end: 'stopped' as const }],
    ['the user paused it', { isFocused: false, isWanted: true, end: 'paused' as const }],
  ])('nothing is said when %s', async (_, { isFocused, isWanted, end }) => {
    const { page, update } = await following({ isWanted });
    page.state.isFocused = isFocused;
    update(run('amber', 'running', 9));
    update(run('amber', end, 100));
    await new Promise((resolve) => setImmediate(resolve));
    expect(notifications).toEqual([]);
  });
});
