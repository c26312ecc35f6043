// Runs through the whole core with an engine that does as the test says: recorded once and in order, through
// deaths, hangs, stops and resumes.

import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { RunDetail } from '../../../preload/contract.ts';
import type { OpenStudio } from '../../../main/studio/studio.ts';
import { anyDevice, beginRun, openStubStudio, untilState } from '../stub-studio.ts';
import { tempFolder } from '../temp-folder.ts';

const temp = tempFolder();
const plan = { totalSteps: 20, saveSteps: 5, stepsPerLife: 0, end: 'exit' } as const;
let studio: OpenStudio;

afterEach(() => studio.close('pause'));

async function openHome(
  ...options: Parameters<typeof openStubStudio> extends [string, ...infer R] ? R : never
) {
  const home = temp.path('home');
  mkdirSync(home);
  studio = await openStubStudio(home, ...options);
  return home;
}

const ended = ['finished', 'stopped', 'paused', 'failed', 'crashed'] as const;
const oneTo = (last: number): number[] => Array.from({ length: last }, (_, i) => i + 1);
const stepsOf = async (runId: string) =>
  (await studio.call('runs.metrics', { runId })).map(({ step }) => step);
const eventsOf = ({ events }: RunDetail): string[] => events.map(({ key }) => key);

describe('a run', () => {
  it('is recorded from its first step to its last', async () => {
    const home = await openHome(plan);
    const kept = new Set<number>();
    studio.on('run.checkpoint', ({ step }) => kept.add(step));
    studio.on('run.checkpointRemoved', ({ step }) => kept.delete(step));
    const { id } = await beginRun(studio, home, { name: 'first' });
    const summary = await untilState(studio, id, ...ended);
    expect(summary).toMatchObject({
      name: 'first',
      state: 'finished',
      step: 20,
      deviceName: 'stub',
      error: null,
    });
    expect(await stepsOf(id)).toEqual(oneTo(20));
    const detail = await studio.call('runs.get', { runId: 'first' });
    expect(eventsOf(detail)).toEqual(['started', 'finished']);
    // The last two and the best, which is also the last here.
    expect(detail.checkpoints.map(({ step, isBest }) => [step, isBest])).toEqual([
      [15, false],
      [20, true],
    ]);
    expect(readdirSync(join(home, 'runs', id, 'checkpoints')).sort()).toEqual(['15', '20']);
    // Whoever only listened knows the same.
    expect([...kept]).toEqual([15, 20]);
    const [point] = await studio.call('runs.metrics', { runId: id, afterStep: 19 });
    expect(point?.values).toEqual({
      'train/loss': 0.05,
      'train/grad_norm': 1,
      'train/learning_rate': 1,
      'perf/tokens_per_second': 5,
      'eval/loss': 0.1,
      'eval/perplexity': Math.exp(0.1),
    });
  });

  it('whose engine dies again and again goes on from its last checkpoint, nothing doubled', async () => {
    const home = await openHome({ ...plan, stepsPerLife: 7 });
    const { id } = await beginRun(studio, home);
    expect((await untilState(studio, id, ...ended)).state).toBe('finished');
    expect(await stepsOf(id)).toEqual(oneTo(20));
    // 7 steps from 0, 7 from 5, 7 from 10, the rest from 15.
    expect(eventsOf(await studio.call('runs.get', { runId: id }))).toEqual([
      'started',
      'restarted',
      'restarted',
      'restarted',
      'finished',
    ]);
  });

  it('whose engine dies without progress is given up after three restarts', async () => {
    const home = await openHome({ ...plan, stepsPerLife: 3 });
    const { id } = await beginRun(studio, home);
    const summary = await untilState(studio, id, ...ended);
    expect(summary).toMatchObject({ state: 'crashed', error: { code: 'engine-exited' } });
    expect(summary.error?.message).toMatch(/SIGSEGV/);
    const keys = eventsOf(await studio.call('runs.get', { runId: id }));
    expect(keys.filter((key) => key === 'restarted')).toHaveLength(3);
  });

  it('whose engine hangs is ended and goes on', async () => {
    const home = await openHome(
      { ...plan, stepsPerLife: 8, end: 'hang' },
      { leastMs: 1_500, announcedMs: 60_000 },
    );
    const { id } = await beginRun(studio, home);
    expect((await untilState(studio, id, ...ended)).state).toBe('finished');
    expect(await stepsOf(id)).toEqual(oneTo(20));
    const { events } = await studio.call('runs.get', { runId: id });
    expect(events.find(({ key }) => key === 'restarted')?.value).toMatch(/no progress/);
  });

  it.each([
    ['device-lost', 'crashed'],
    ['non-finite', 'paused'],
    ['text-too-short', 'failed'],
  ] as const)('that fails with %s is %s', async (failCode, state) => {
    const home = await openHome({ ...plan, stepsPerLife: 2, end: 'fail', failCode });
    const { id } = await beginRun(studio, home);
    expect(await untilState(studio, id, ...ended)).toMatchObject({ state, error: { code: failCode } });
  });
});

describe('a full disk', () => {
  it('pauses the run, which keeps every checkpoint it had and goes on once there is room', async () => {
    const home = await openHome({ ...plan, stepsPerLife: 13, end: 'fail', failCode: 'disk-full' });
    const { id } = await beginRun(studio, home);
    const summary = await untilState(studio, id, ...ended);
    expect(summary).toMatchObject({ state: 'paused', error: { code: 'disk-full' } });
    const folder = join(home, 'runs', id, 'checkpoints');
    // The one that would have been the next to go is deleted only when the next is whole.
    expect(readdirSync(folder).sort()).toEqual(['10', '5']);
    await studio.call('runs.resume', { runId: id, device: anyDevice });
    expect((await untilState(studio, id, 'finished', 'failed', 'crashed')).state).toBe('finished');
    expect(await stepsOf(id)).toEqual(oneTo(20));
    expect(readdirSync(folder).sort()).toEqual(['15', '20']);
  });
});

describe('stopping', () => {
  // Slow enough that a step which is heard of lies well before the checkpoint after it.
  const slow = { ...plan, totalSteps: 400, saveSteps: 50, stepMs: 20 };

  it('saves, and resuming goes on from there', async () => {
    const home = await openHome(slow);
    const { id } = await beginRun(studio, home);
    await reachesStep(id, 20);
    const stopped = await studio.call('runs.stop', { runId: id, save: true });
    expect(stopped.state).toBe('stopped');
    const { checkpoints } = await studio.call('runs.get', { runId: id });
    expect(checkpoints.map(({ step }) => step)).toEqual([stopped.step]);
    await studio.call('runs.resume', { runId: id, device: anyDevice, stopAtStep: stopped.step + 30 });
    const again = await untilState(studio, id, 'stopped');
    expect(again.step).toBe(stopped.step + 30);
    expect(await stepsOf(id)).toEqual(oneTo(again.step));
  });

  it('at once loses what came after the last checkpoint, and its figures go when it is resumed', async () => {
    const home = await openHome(slow);
    const { id } = await beginRun(studio, home);
    await reachesStep(id, 70);
    const stopped = await studio.call('runs.stop', { runId: id, save: false });
    expect(stopped.state).toBe('stopped');
    expect((await stepsOf(id)).at(-1)).toBeGreaterThanOrEqual(70);
    await studio.call('runs.resume', { runId: id, device: anyDevice, stopAtStep: 52 });
    const again = await untilState(studio, id, 'stopped');
    expect(again.step).toBe(52);
    expect(await stepsOf(id)).toEqual(oneTo(52));
  });

  it('at a step saves there', async () => {
    const home = await openHome(plan);
    const { id } = await beginRun(studio, home, { stopAtStep: 12 });
    expect(await untilState(studio, id, ...ended)).toMatchObject({
      state: 'stopped',
      step: 12,
      totalSteps: 20,
    });
    const { checkpoint } = {
      checkpoint: await studio.call('checkpoints.resolve', { checkpoint: 'last@last' }),
    };
    expect(checkpoint.step).toBe(12);
  });

  it('a run that is finished cannot be resumed', async () => {
    const home = await openHome(plan);
    const { id } = await beginRun(studio, home);
    await untilState(studio, id, ...ended);
    await expect(studio.call('runs.resume', { runId: id, device: anyDevice })).rejects.toMatchObject({
      code: 'run-not-resumable',
    });
  });
});

describe('the queue', () => {
  it('gives the device to one run after the other', async () => {
    const home = await openHome({ ...plan, totalSteps: 100, saveSteps: 50, stepMs: 5 });
    const first = await beginRun(studio, home);
    const second = await beginRun(studio, home);
    const third = await beginRun(studio, home);
    expect([first.state, second.state, third.state]).toEqual(['running', 'queued', 'queued']);
    expect((await studio.call('runs.stop', { runId: second.id, save: true })).state).toBe('stopped');
    const waiting = untilState(studio, third.id, 'running');
    expect((await studio.call('runs.pause', { runId: first.id })).state).toBe('paused');
    await waiting;
    expect((await untilState(studio, third.id, ...ended)).state).toBe('finished');
  });

  it('writes text while a run trains', async () => {
    const home = await openHome({ ...plan, totalSteps: 400, saveSteps: 50, stepMs: 5 });
    const { id, name } = await beginRun(studio, home);
    await reachesStep(id, 60);
    const pieces: string[] = [];
    studio.on('generation.text', ({ generationId, text }) => generationId === 'g' && pieces.push(text));
    const written = await studio.call('generation.run', {
      generationId: 'g',
      checkpoint: name,
      prompt: 'a time',
      config: {},
      device: anyDevice,
    });
    expect(written.text).toBe('Once upon a time');
    expect(pieces).toEqual(['Once ', 'upon ']);
    expect((await studio.call('runs.get', { runId: id })).summary.state).toBe('running');
  });
});

function reachesStep(runId: string, step: number): Promise<void> {
  return new Promise((resolve) => {
    const stop = studio.on('run.updated', (summary) => {
      if (summary.id !== runId || summary.step < step) return;
      stop();
      resolve();
    });
  });
}
