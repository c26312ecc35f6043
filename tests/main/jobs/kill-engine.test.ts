// The real engine, killed at random moments while it trains and saves: the run goes on each time and ends
// with the bytes of one that was left alone. Also: a checkpoint that was damaged meanwhile is passed over.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { presets, type RunSettings } from '../../../engine/index.ts';
import type { RunSummary } from '../../../preload/contract.ts';
import { openStudio, type OpenStudio } from '../../../main/studio/studio.ts';
import { tempFolder } from '../temp-folder.ts';

const temp = tempFolder();
const home = temp.path('home');
const device = { device: 'cpu' as const, threads: 2 };
const totalSteps = 400;
let studio: OpenStudio;
let datasetId: string;

beforeAll(async () => {
  mkdirSync(home);
  studio = await openStudio(home, { startQueue: true });
  datasetId = (await studio.call('datasets.sample', {})).id;
});
afterAll(() => studio.close('pause'));

function settings(): RunSettings {
  const { model, training, ...rest } = presets[0]!.settings;
  return {
    ...rest,
    model: {
      ...(model as Extract<RunSettings['model'], { modelType: 'gpt2' }>),
      hiddenSize: 16,
      numHiddenLayers: 1,
      numAttentionHeads: 2,
      intermediateSize: 32,
      maxPositionEmbeddings: 16,
      embdPdrop: 0.1,
    },
    // Frequent saving, so that kills fall into it too.
    training: {
      ...training,
      maxSteps: totalSteps,
      perDeviceTrainBatchSize: 4,
      gradientAccumulationSteps: 3,
      evalSteps: 50,
      saveSteps: 5,
      evalBatches: 2,
      sampleTokens: 4,
    },
  };
}

const create = (name: string, stopAtStep?: number) =>
  studio.call('runs.create', { datasetId, name, settings: settings(), device, stopAtStep });

function untilOver(runId: string): Promise<RunSummary> {
  return new Promise((resolve) => {
    const stop = studio.on('run.updated', (summary) => {
      if (summary.id !== runId || summary.state === 'queued' || summary.state === 'running') return;
      stop();
      resolve(summary);
    });
  });
}

const fileOf = async (run: string, file: string): Promise<Buffer> =>
  readFileSync(join((await studio.call('checkpoints.resolve', { checkpoint: `${run}@last` })).path, file));

/** Numbers in [0, 1) that are the same in every run of the test (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe('an engine that is killed', () => {
  let straight: RunSummary;

  beforeAll(async () => {
    const { id } = await create('straight');
    straight = await untilOver(id);
  });

  it.each([1, 2, 3, 4])('five times at random moments (%i) ends with the same bytes', async (seed) => {
    const random = randomNumbers(seed);
    const { id, name } = await create(`killed-${seed}`);
    const over = untilOver(id);
    const mark = join(home, 'runs', id, 'engine.pid');
    let kills = 0;
    let nextStep = Math.floor(random() * 70);
    const stop = studio.on('run.metrics', ({ runId, points }) => {
      if (runId !== id || kills === 5 || points.at(-1)!.step < nextStep || !existsSync(mark)) return;
      kills++;
      nextStep = points.at(-1)!.step + 10 + Math.floor(random() * 50);
      const pid = Number(readFileSync(mark, 'utf8'));
      setTimeout(() => process.kill(pid, 'SIGKILL'), random() * 30);
    });
    const { state, trainLoss } = await over;
    stop();
    expect([straight.state, state, kills]).toEqual(['finished', 'finished', 5]);
    expect(trainLoss).toBe(straight.trainLoss);
    const { events } = await studio.call('runs.get', { runId: id });
    expect(events.filter(({ key }) => key === 'restarted').length).toBeGreaterThan(0);
    for (const file of ['model.safetensors', 'optimizer.safetensors']) {
      expect((await fileOf(name, file)).equals(await fileOf('straight', file))).toBe(true);
    }
    const points = await studio.call('runs.metrics', { runId: id });
    const losses = points.filter(({ values }) => 'train/loss' in values).map(({ step }) => step);
    expect(losses).toEqual(Array.from({ length: totalSteps }, (_, i) => i + 1));
  });

  it('and finds its last checkpoint damaged goes on from the one before it', async () => {
    const { id, name } = await create('damaged', 103);
    expect((await untilOver(id)).state).toBe('stopped');
    const { path } = await studio.call('checkpoints.resolve', { checkpoint: `${name}@last` });
    const file = join(path, 'model.safetensors');
    const bytes = readFileSync(file);
    bytes[bytes.length - 3]! ^= 4;
    writeFileSync(file, bytes);
    await studio.call('runs.resume', { runId: id, device });
    expect((await untilOver(id)).state).toBe('finished');
    const { events } = await studio.call('runs.get', { runId: id });
    const refused = events.find(({ key }) => key === 'checkpoint-refused');
    expect(refused?.value).toMatch(/checkpoints.103 is damaged: model\.safetensors does not have the hash/);
    expect(
      (await fileOf(name, 'model.safetensors')).equals(await fileOf('straight', 'model.safetensors')),
    ).toBe(true);
  });
});
