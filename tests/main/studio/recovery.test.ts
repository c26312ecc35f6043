// What a start makes of a home whose last owner died: runs, checkpoints and leftovers.

import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkpointSink } from '../../../main/engine-host/checkpoint-folder.ts';
import { RecordKeeper } from '../../../main/engine-host/run-record.ts';
import { openStore } from '../../../main/store/store.ts';
import { createHome } from '../../../main/studio/home.ts';
import { openStudio } from '../../../main/studio/studio.ts';
import { newDataset, newRun } from '../store/records.ts';
import { tempFolder } from '../temp-folder.ts';

const temp = tempFolder();

async function saveCheckpoint(folder: string, step: number, lossAt: (step: number) => number): Promise<void> {
  const keeper = new RecordKeeper('stub');
  for (let at = step - 4; at <= step; at++) {
    const figures = { gradNorm: 1, learningRate: 1, tokensPerSecond: 1, etaMs: 1 };
    keeper.hear({ type: 'step', step: at, epoch: at / 10, loss: lossAt(at), ...figures });
  }
  keeper.hear({
    type: 'eval',
    step,
    epoch: step / 10,
    loss: 1.5,
    perplexity: Math.exp(1.5),
    isBest: true,
    metrics: {},
  });
  const writer = await checkpointSink(folder, (at) => keeper.files(at)).begin(step);
  await writer.writeFile('state.json', [new TextEncoder().encode('{}')]);
  await writer.commit();
}

/** A home as a killed process leaves it: run r at step 5, its engine saved step 10 and died within step 15. */
async function killedHome(): Promise<string> {
  const home = temp.path('home');
  mkdirSync(home);
  const { datasetsFolder, runsFolder, tokensFolder } = createHome(home);
  mkdirSync(join(datasetsFolder, 'd'));
  mkdirSync(join(datasetsFolder, '.staged-x'));
  mkdirSync(join(datasetsFolder, 'unknown'));
  mkdirSync(join(runsFolder, 'unknown'));
  mkdirSync(join(tokensFolder, 'whole'));
  mkdirSync(join(tokensFolder, 'half.staged-999999999'));
  const checkpoints = join(runsFolder, 'r', 'checkpoints');
  mkdirSync(join(checkpoints, '.staged-15-999999999'), { recursive: true });
  mkdirSync(join(checkpoints, `.staged-16-${process.pid}`), { recursive: true });
  mkdirSync(join(checkpoints, '14'));
  await saveCheckpoint(checkpoints, 5, (step) => step);
  await saveCheckpoint(checkpoints, 10, (step) => step);
  const store = openStore(home);
  store.datasets.insert(newDataset('d'));
  store.runs.insert(newRun('r', 'd', { state: 'running', phase: 'training', step: 7, name: 'amber-loom' }));
  store.checkpoints.add({ runId: 'r', step: 5, evalLoss: 2, isMarked: true, sizeBytes: 1, createdAtMs: 1 });
  store.checkpoints.add({ runId: 'r', step: 3, evalLoss: 3, isMarked: false, sizeBytes: 1, createdAtMs: 1 });
  for (let step = 1; step <= 7; step++) {
    store.metrics.add('r', [{ step, epoch: step / 10, timeMs: 1, values: { 'train/loss': step } }]);
  }
  store.close();
  return home;
}

describe('after a crash', () => {
  it('runs are marked, whole checkpoints taken in with their figures, and leftovers removed', async () => {
    const home = await killedHome();
    // Twice: recovery that is itself cut short must be safe to repeat.
    for (let time = 0; time < 2; time++) {
      const studio = await openStudio(home);
      const [run] = await studio.call('runs.list', {});
      expect(run).toMatchObject({ state: 'crashed', phase: '', step: 10, bestStep: 10, bestEvalLoss: 1.5 });
      const points = await studio.call('runs.metrics', { runId: 'r' });
      expect(points.map(({ step, values }) => [step, values['train/loss']])).toEqual(
        Array.from({ length: 10 }, (_, i) => [i + 1, i + 1]),
      );
      expect(points.at(-1)?.values['eval/loss']).toBe(1.5);
      expect(await studio.call('checkpoints.resolve', { checkpoint: 'amber-loom' })).toMatchObject({
        step: 10,
        evalLoss: 1.5,
        isBest: true,
      });
      expect(await studio.call('checkpoints.resolve', { checkpoint: 'r@5' })).toMatchObject({
        isMarked: true,
      });
      await expect(studio.call('checkpoints.resolve', { checkpoint: 'r@3' })).rejects.toMatchObject({
        code: 'checkpoint-not-found',
        hint: expect.stringContaining('5, 10'),
      });
      await studio.close('pause');
    }
    expect(readdirSync(join(home, 'runs', 'r', 'checkpoints')).sort()).toEqual([
      `.staged-16-${process.pid}`,
      '10',
      '5',
    ]);
    expect(readdirSync(join(home, 'datasets'))).toEqual(['d']);
    expect(existsSync(join(home, 'runs', 'unknown'))).toBe(false);
    expect(readdirSync(join(home, 'tokens'))).toEqual(['whole']);
  });
});
