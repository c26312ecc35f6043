// heddle runs and doctor: figures, labels, the queue and changes, each typed as in a terminal with the real
// engine on a very small model.

import { beforeAll, describe, expect, it } from 'vitest';
import { linesOf, untilEnded, untilSays } from '../run-source.ts';
import { tempFolder } from '../temp-folder.ts';
import { openTerminal, smallModel } from './terminal.ts';

const temp = tempFolder();
const home = temp.path('home');
const small = [
  ...smallModel,
  ...'--sample-tokens 0 --threads 1 --lr-scheduler-type constant --learning-rate 0.01'.split(' '),
];
const { heddle, run } = openTerminal(home);

beforeAll(async () => {
  const { code, stderr } = await run(
    'train',
    ...small,
    '--max-steps',
    '12',
    '--eval-steps',
    '6',
    '--name',
    'one',
  );
  if (code !== 0) throw new Error(stderr);
}, 120_000);

describe('figures', () => {
  it('are a table for people and lines for programs', async () => {
    const shown = await run('runs', 'one', '--metrics', '--key', 'train/loss', '--key', 'eval/loss');
    const [head, ...rows] = shown.stdout.trimEnd().split('\n');
    expect(head!.trim().split(/\s+/)).toEqual(['step', 'train/loss', 'eval/loss']);
    expect(rows).toHaveLength(12);
    expect(rows[5]!.trim().split(/\s+/)).toEqual([
      '6',
      expect.stringMatching(/^\d\.\d+$/),
      expect.stringMatching(/^\d/),
    ]);
    expect(rows[6]!.trim().split(/\s+/)[2]).toBe('–');
    const { stdout } = await run('runs', 'one', '--metrics', '--json');
    const lines = linesOf(stdout);
    expect(lines.map(({ event, step }) => [event, step])).toEqual(
      Array.from({ length: 12 }, (_, i) => ['metrics', i + 1]),
    );
    expect(lines[5]!.values).toMatchObject({
      'train/loss': expect.any(Number),
      'eval/loss': expect.any(Number),
    });
    const filtered = linesOf((await run('runs', 'one', '--metrics', '--key', 'eval/loss', '--json')).stdout);
    expect(filtered.map(({ step, values }) => [step, Object.keys(values as object)])).toEqual([
      [6, ['eval/loss']],
      [12, ['eval/loss']],
    ]);
  });

  it('that a run has not are refused with those it has', async () => {
    const { code, stderr } = await run('runs', 'one', '--metrics', '--key', 'train/lose');
    expect(code).toBe(2);
    expect(stderr).toContain('train/loss');
  });
});

it('labels are put on and taken off', async () => {
  const labelled = async (...args: string[]) => linesOf((await run('runs', ...args, '--json')).stdout)[0];
  expect(await labelled('star', 'one')).toMatchObject({ event: 'run', isStarred: true });
  expect(await labelled('tag', 'one', 'small', 'first try')).toMatchObject({ tags: ['small', 'first try'] });
  expect(await labelled('note', 'one', 'went well')).toMatchObject({ note: 'went well', isStarred: true });
  expect(await labelled('archive', 'one')).toMatchObject({ isArchived: true });
  expect(await labelled('unarchive', 'one')).toMatchObject({ isArchived: false });
  expect(await labelled('unstar', 'one')).toMatchObject({ isStarred: false });
  expect(await labelled('tag', 'one')).toMatchObject({ tags: [] });
  expect((await run('runs', 'note', 'one')).code).toBe(2);
});

describe('a changed learning rate', () => {
  it('of a run in another terminal counts from its next step, and still does after it was killed', async () => {
    const child = heddle(
      'train',
      ...small,
      '--max-steps',
      '1000000',
      '--eval-steps',
      '0',
      '--name',
      'long',
      '--json',
    );
    const ended = untilEnded(child);
    await untilSays(child, '"step":20,');
    expect((await run('runs', 'change', 'long', '--learning-rate', '0.004')).code).toBe(0);
    expect((await run('runs', 'save', 'long')).code).toBe(0);
    await untilSays(child, '"event":"checkpoint"');
    child.kill('SIGKILL');
    await ended;
    const { code, stderr } = await run('train', '--resume', 'long', '--stop-at', '1', '--device', 'cpu');
    expect(code, stderr).toBe(0);
    const rates = linesOf(
      (await run('runs', 'long', '--metrics', '--key', 'train/learning_rate', '--json')).stdout,
    ).map(({ values }) => (values as Record<string, number>)['train/learning_rate']);
    const firstChanged = rates.indexOf(0.004);
    expect(firstChanged).toBeGreaterThan(20);
    expect(new Set(rates.slice(2, firstChanged))).toEqual(new Set([0.01]));
    expect(new Set(rates.slice(firstChanged))).toEqual(new Set([0.004]));
  }, 120_000);

  it('needs a number, and a run that runs or is paused', async () => {
    expect((await run('runs', 'change', 'one')).code).toBe(2);
    const { code, stderr } = await run('runs', 'change', 'one', '--learning-rate', '0.1');
    expect(code).toBe(1);
    expect(stderr).toContain('finished');
  });
});

it('the queue says when nobody waits', async () => {
  expect((await run('runs', 'queue')).stdout).toBe('No run waits for the device.\n');
  const { code, stderr } = await run('runs', 'queue', 'one', '1');
  expect([code, stderr]).toEqual([1, expect.stringContaining('does not wait')]);
});

it('doctor tests itself', async () => {
  const { code, stdout } = await run('doctor', '--self-test', '--json');
  expect(code).toBe(0);
  expect(linesOf(stdout).map(({ event, isGood }) => [event, isGood])).toEqual(
    Array.from({ length: 5 }, () => ['self-test', true]),
  );
});
