// The words and figures for a run in its states.

import { describe, expect, it } from 'vitest';
import type { RunSummary } from '../../../preload/contract.ts';
import { deviceWords } from '../../../renderer/lib/device-words.ts';
import { withPoints, type SeriesByKey } from '../../../renderer/lib/charts/live-series.ts';
import { runFigures, tokensPerStep } from '../../../renderer/lib/run-figures.ts';
import {
  eventWords,
  isActive,
  isResumable,
  progressShare,
  progressWords,
  railWords,
  settingsWords,
  stateWords,
  titleWords,
} from '../../../renderer/lib/run-words.ts';
import { settingGroups } from '../../../renderer/lib/setting-rows.ts';
import { createFakeStudio, presets } from '../fake-studio.ts';
import { inventedPoints } from '../invented-run.ts';

const { settings } = presets[0]!;
const run = (change: Partial<RunSummary> = {}): RunSummary => ({
  ...createFakeStudio().addRun('amber-loom', 'running', 0),
  ...change,
});

describe('a run in words', () => {
  it('says what it does besides training', () => {
    expect(stateWords({ state: 'running', phase: 'training' })).toBe('running');
    expect(stateWords({ state: 'running', phase: 'compiling' })).toBe('running · compiling');
    expect(stateWords({ state: 'paused', phase: '' })).toBe('paused');
  });

  it('says how far it is and what is left', () => {
    const far = { step: 1_420, totalSteps: 2_000, epoch: 1.0912 };
    expect(progressWords(run({ ...far, etaMs: 28_000 }))).toBe('step 1,420 / 2,000 · epoch 1.09 · 0:28 left');
    expect(progressWords(run({ ...far, etaMs: null }))).toContain('estimating');
    expect(
      progressWords(run({ ...far, state: 'finished', startedAtMs: 1_000, finishedAtMs: 62_000 })),
    ).toContain('took 1:01');
    expect(titleWords(run({ step: 350, totalSteps: 700 }))).toBe('50% · amber-loom · Heddle');
    expect(titleWords(run({ state: 'paused' }))).toBe('paused · amber-loom · Heddle');
    expect(railWords(run({ evalLoss: 1.912, etaMs: 28_000 }))).toBe('val 1.912 · 0:28 left');
    expect(railWords(run({ phase: 'compiling' }))).toBe('compiling');
  });

  it('has a share even when its length is not known', () => {
    expect(progressShare(run({ step: 3, totalSteps: 0 }))).toBe(0);
    expect(progressShare(run({ step: 3, totalSteps: 4 }))).toBe(0.75);
    expect(progressShare(run({ step: 3, totalSteps: 4, state: 'finished' }))).toBe(1);
  });

  it('can be ended while active and resumed after', () => {
    const states = ['queued', 'running', 'paused', 'finished', 'stopped', 'failed', 'crashed'] as const;
    expect(states.filter((state) => isActive({ state }))).toEqual(['queued', 'running']);
    expect(states.filter((state) => isResumable({ state }))).toEqual([
      'paused',
      'stopped',
      'failed',
      'crashed',
    ]);
  });

  it('says what it is made of', () => {
    expect(settingsWords(run(), settings)).toBe(
      'Sample stories · characters · 4 layers · 4 heads · 128 wide · 0.80 M parameters',
    );
    expect(eventWords({ step: 3, timeMs: 0, key: 'checkpoint-refused', value: 'damaged' })).toBe(
      'Checkpoint refused: damaged',
    );
  });

  it('names the device that computes', () => {
    expect(deviceWords(null, null)).toBe('Looking for a device');
    expect(deviceWords({ deviceKind: 'cpu', deviceName: 'CPU' }, null)).toBe('CPU');
    expect(deviceWords({ deviceKind: 'webgpu', deviceName: 'Radeon 780M' }, null)).toBe('GPU · Radeon 780M');
  });

  it('shows every setting with its unit', () => {
    const [model, training] = settingGroups(settings);
    const value = (key: string) => [...model!.rows, ...training!.rows].find((row) => row.key === key)?.value;
    expect(value('numHiddenLayers')).toBe('4 layers');
    expect(value('gradientAccumulationSteps')).toBe('1 batch');
    expect(value('tieWordEmbeddings')).toBe('yes');
    expect(value('learningRate')).toBe('0.002');
    expect(value('samplePrompt')).toBe('–');
  });
});

describe('the six figures', () => {
  it('are dashes before the first step', () => {
    const figures = runFigures(run({ memoryBytes: 0 }), null, new Map(), null);
    expect(figures.map(({ value }) => value)).toEqual(['–', '–', '–', '–', '–', '–']);
    expect(figures.every(({ note }) => note === '')).toBe(true);
  });

  it('show the newest values and how they changed', () => {
    let table: SeriesByKey = new Map();
    for (let step = 1; step <= 230; step++) table = withPoints(table, inventedPoints(step, 100, 700));
    const [train, loss, perplexity, speed, norm, memory] = runFigures(
      run({ step: 230, bestStep: 200, tokensPerSecond: 16_128, memoryBytes: 61e6 }),
      settings,
      table,
      16e9,
    );
    const evaluations = table.get('eval/loss')!.means;
    expect(loss).toMatchObject({
      value: evaluations[1]!.toFixed(3),
      note: `−${(evaluations[0]! - evaluations[1]!).toFixed(3)} · best`,
      tone: 'good',
    });
    expect(perplexity!.value).toBe(Math.exp(evaluations[1]!).toFixed(2));
    expect(train!.note).toMatch(/^−\d\.\d{3} since 130$/);
    expect(speed).toMatchObject({ value: '16,128', note: '21 steps/s' });
    expect(norm!.note).toBe('clip 1.0');
    expect(memory).toMatchObject({ value: '61.0 MB', note: 'of 16.0 GB' });
  });

  it('take the memory that the engine holds, or the plan on a GPU', () => {
    const table = withPoints(new Map(), [
      { step: 1, epoch: 0, timeMs: 0, values: { 'system/memory_bytes': 103e6 } },
    ]);
    const memory = (deviceKind: 'cpu' | 'webgpu') =>
      runFigures(run({ memoryBytes: 61e6, deviceKind }), settings, table, 16e9)[5];
    expect(memory('cpu')).toMatchObject({ value: '103 MB', note: 'of 16.0 GB' });
    expect(memory('webgpu')).toMatchObject({ value: '61.0 MB', note: 'on the GPU' });
  });

  it('call a loss that rose bad and no longer best', () => {
    const at = { epoch: 1, timeMs: 0 };
    const table = withPoints(new Map(), [
      { ...at, step: 100, values: { 'eval/loss': 1.5 } },
      { ...at, step: 200, values: { 'eval/loss': 1.6 } },
    ]);
    expect(runFigures(run({ bestStep: 100 }), settings, table, null)[1]).toMatchObject({
      note: '+0.100',
      tone: 'bad',
    });
  });

  it('count the tokens of a step over all its batches', () => {
    expect(tokensPerStep(settings)).toBe(12 * 64);
    const training = { ...settings.training, gradientAccumulationSteps: 3, maxLength: 32 };
    expect(tokensPerStep({ ...settings, training })).toBe(12 * 3 * 32);
  });
});
