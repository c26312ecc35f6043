// References to checkpoints, and calls that are refused.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenStudio } from '../../../main/studio/studio.ts';
import { anyDevice, beginRun, openStubStudio, someSettings, untilState } from '../stub-studio.ts';
import { tempFolder } from '../temp-folder.ts';

const temp = tempFolder();
const home = temp.path('home');
let studio: OpenStudio;
let runId: string;

beforeAll(async () => {
  mkdirSync(home);
  studio = await openStubStudio(home, { totalSteps: 12, saveSteps: 4, stepsPerLife: 0, end: 'exit' });
  runId = (
    await beginRun(studio, home, { name: 'amber-loom', stopAtStep: 10, training: { saveTotalLimit: 0 } })
  ).id;
  await untilState(studio, runId, 'stopped');
});
afterAll(() => studio.close('pause'));

describe('a checkpoint', () => {
  it.each([
    ['amber-loom', 8],
    ['amber-loom@best', 8],
    ['amber-loom@last', 10],
    ['amber-loom@4', 4],
    ['last', 8],
    ['last@last', 10],
  ])('%s is of step %i', async (checkpoint, step) => {
    expect(await studio.call('checkpoints.resolve', { checkpoint })).toMatchObject({ step, runId });
  });

  it('is named by its run’s id and by its folder', async () => {
    expect(await studio.call('checkpoints.resolve', { checkpoint: `${runId}@4` })).toMatchObject({ step: 4 });
    const path = join(home, 'runs', runId, 'checkpoints', '4');
    expect(await studio.call('checkpoints.resolve', { checkpoint: path })).toMatchObject({
      step: 4,
      runId,
      path,
    });
  });

  it.each([
    ['jade-loom', 'run-not-found'],
    ['amber-loom@5', 'checkpoint-not-found'],
    ['amber-loom@first', 'checkpoint-not-found'],
    ['/nowhere/4', 'checkpoint-not-found'],
    [home, 'checkpoint-not-found'],
  ])('%s is refused', async (checkpoint, code) => {
    await expect(studio.call('checkpoints.resolve', { checkpoint })).rejects.toMatchObject({ code });
  });

  it('is marked and unmarked', async () => {
    expect(await studio.call('checkpoints.mark', { runId, step: 4, isMarked: true })).toMatchObject({
      isMarked: true,
    });
    expect(await studio.call('checkpoints.mark', { runId, step: 4, isMarked: false })).toMatchObject({
      isMarked: false,
    });
  });
});

describe('calls are refused', () => {
  it('with input that is not theirs', async () => {
    await expect(studio.call('runs.get', { runId: 7 } as never)).rejects.toMatchObject({
      code: 'input-invalid',
    });
    await expect(studio.call('runs.get', { runId, more: 1 } as never)).rejects.toMatchObject({
      code: 'input-invalid',
    });
    await expect(studio.call('toString' as never, {} as never)).rejects.toMatchObject({
      code: 'call-unknown',
    });
  });

  it('with settings that contradict each other', async () => {
    const settings = someSettings({ numTrainEpochs: 1 });
    const datasetId = (await studio.call('datasets.list', {}))[0]!.id;
    await expect(
      studio.call('runs.create', { datasetId, settings, device: anyDevice }),
    ).rejects.toMatchObject({
      code: 'settings-invalid',
    });
    await expect(
      studio.call('runs.create', { datasetId: 'none', settings: someSettings(), device: anyDevice }),
    ).rejects.toMatchObject({ code: 'dataset-not-found' });
  });

  it.each(['last', 'a@b', 'a/b', ' a', 'a\u0007', 'amber-loom'])(
    'for a run to be called %j',
    async (name) => {
      const other = await beginRun(studio, home);
      await expect(studio.call('runs.label', { runId: other.id, labels: { name } })).rejects.toMatchObject({
        code: name === 'amber-loom' ? 'run-name-taken' : 'run-name-invalid',
      });
      await studio.call('runs.stop', { runId: other.id, save: false });
      await studio.call('runs.remove', { runId: other.id });
    },
  );
});

it('a text that was imported before is found again', async () => {
  const [first] = await studio.call('datasets.list', {});
  const again = await studio.call('datasets.import', { sources: [join(home, 'begin.txt')], name: 'other' });
  expect(again).toEqual(first);
  await expect(studio.call('datasets.remove', { datasetId: again.id })).rejects.toMatchObject({
    code: 'dataset-in-use',
    message: expect.stringContaining('amber-loom'),
  });
});
