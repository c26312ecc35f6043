// Estimates: what is wrong is said and not thrown, memory is the planner's, and time follows from what was
// measured. The engine that the studio would start is the stub, so nothing is measured here.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  memoryNeed,
  planTraining,
  presets,
  settingsOfCard,
  stepWork,
  type RunSettings,
} from '../../../engine/index.ts';
import { presetOf } from '../../../main/cli/presets.ts';
import { estimateRun, estimateStep, timedShape } from '../../../main/studio/estimate-time.ts';
import { expectedTokens } from '../../../main/studio/estimate-tokens.ts';
import { expectedWork, packedSequences } from '../../../main/studio/estimate-work.ts';
import { SampledLengths, type ExampleLengths } from '../../../main/studio/example-lengths.ts';
import { Estimates } from '../../../main/studio/estimate.ts';
import { KnownDevices } from '../../../main/studio/known-devices.ts';
import type { OpenStudio } from '../../../main/studio/studio.ts';
import { openStore } from '../../../main/store/store.ts';
import { openStubStudio } from '../stub-studio.ts';
import { tempFolder } from '../temp-folder.ts';

const temp = tempFolder();
const device = { device: 'cpu' as const, adapter: '', threads: 2 };
const { settings } = presets[1]!;
let home: string;
let studio: OpenStudio;
let datasetId: string;

beforeEach(async () => {
  home = temp.path('home');
  mkdirSync(home);
  studio = await openStubStudio(home, { totalSteps: 1, saveSteps: 1, stepsPerLife: 0, end: 'exit' });
  const file = join(home, 'text.txt');
  writeFileSync(file, 'x'.repeat(9_999));
  datasetId = (await studio.call('datasets.import', { sources: [file] })).id;
});

afterEach(() => studio.close('pause'));

const changed = (training: Partial<RunSettings['training']>): RunSettings => ({
  ...settings,
  training: { ...settings.training, ...training },
});

describe('an estimate', () => {
  it('has the bytes of the planner, and tokens, steps and epochs of the dataset', async () => {
    const { problems, estimate, suggestions } = await studio.call('settings.estimate', {
      settings,
      datasetId,
      device,
    });
    expect([problems, suggestions]).toEqual([[], []]);
    expect(estimate).toMatchObject({
      ...memoryNeed(planTraining(settings, 0xffff_0000)),
      fits: true,
      // Nine tenths of the text, a token a character.
      trainTokens: 8_999,
      totalSteps: 2_000,
      totalFlops: 2_000 * stepWork(settings).flops,
      stepMs: null,
      durationMs: null,
      measuredFrom: null,
    });
    // 139 windows of 64 tokens, 12 of them a step.
    expect(estimate!.epochs).toBeCloseTo((2_000 * 12) / 139);
    expect(estimate!.availableBytes).toBeLessThan(2 ** 32);
  });

  it('counts steps from epochs', async () => {
    const input = { settings: changed({ maxSteps: 0, numTrainEpochs: 2 }), datasetId, device };
    const { estimate } = await studio.call('settings.estimate', input);
    expect(estimate!.totalSteps).toBe(Math.ceil((2 * 139) / 12));
    const without = await studio.call('settings.estimate', { settings: input.settings, device });
    expect(without.estimate).toMatchObject({ totalSteps: null, epochs: 2, trainTokens: null });
  });

  it('says what is wrong, at its setting, and still what can be known', async () => {
    const wrong = { ...settings, model: { ...settings.model, hiddenSize: 127 } };
    const { problems, estimate } = await studio.call('settings.estimate', { settings: wrong, device });
    expect(problems.map(({ path }) => path)).toEqual(['model.hiddenSize']);
    expect(estimate).toBeNull();
    const short = { ...settings, model: { ...settings.model, maxPositionEmbeddings: 9_000 } };
    const answer = await studio.call('settings.estimate', { settings: short, datasetId, device });
    expect(answer.problems.map(({ path }) => path)).toEqual(['model.maxPositionEmbeddings']);
    expect(answer.estimate!.totalBytes).toBeGreaterThan(0);
    expect((await studio.call('settings.estimate', { settings: 7 })).problems).not.toEqual([]);
  });

  it('in 16 bits needs less, and says where the device cannot do it', async () => {
    const input = { settings: changed({ mixedPrecision: 'fp16' }), device };
    const { problems, estimate } = await studio.call('settings.estimate', input);
    expect(problems.map(({ path }) => path)).toEqual(['training.mixedPrecision']);
    const { estimate: full } = await studio.call('settings.estimate', { settings, device });
    expect(estimate!.activationBytes).toBeLessThan(full!.activationBytes);
    expect(estimate).toMatchObject({ ...memoryNeed(planTraining(input.settings, 0xffff_0000)) });
  });

  it('of what does not fit suggests what does', async () => {
    const { settings: large } = presets.find(({ name }) => name === 'gpt2-124m')!;
    const { estimate, suggestions } = await studio.call('settings.estimate', { settings: large, device });
    expect(estimate!.fits).toBe(false);
    expect(suggestions.length).toBeGreaterThan(0);
    for (const { changes } of suggestions) {
      const tried = structuredClone(large);
      for (const [path, value] of Object.entries(changes)) {
        const [section, name] = path.split('.') as ['training', 'maxSteps'];
        tried[section][name] = value as number;
      }
      const { estimate: again } = await studio.call('settings.estimate', { settings: tried, device });
      expect(again!.fits, Object.keys(changes).join()).toBe(true);
    }
  });
});

describe('the memory of a GPU', () => {
  const gpu = { device: 'webgpu' as const, adapter: '', threads: 0 };
  const { settings: large } = presets.find(({ name }) => name === 'gpt2-124m')!;
  const report = (memoryBytes: number | null) => ({
    chosen: { kind: 'webgpu' as const, name: 'A GPU', reason: '', memoryBytes },
    adapters: [],
    cpu: { model: '', cores: 1, threads: 1, memoryBytes: 1 },
    matmulGflops: 1_000,
    advice: [],
  });

  function estimateWith(prepare: (devices: KnownDevices) => void) {
    const home = temp.path('gpu-home');
    mkdirSync(home);
    const store = openStore(home);
    const devices = new KnownDevices(store.preferences);
    prepare(devices);
    const estimates = new Estimates({
      store,
      devices,
      preferredDevice: () => gpu,
      dataset: () => expect.unreachable(),
      onUnmeasured: () => undefined,
    });
    const { estimate, suggestions } = estimates.estimate({ settings: large });
    store.close();
    return { ...estimate!, suggestions };
  }

  it('that is not known refuses nothing', () => {
    const unknown = { availableBytes: null, fits: true, suggestions: [] };
    expect(estimateWith((devices) => devices.remember(gpu, report(null)))).toMatchObject(unknown);
    expect(estimateWith(() => undefined)).toMatchObject(unknown);
  });

  it('that is shared with the system refuses what does not fit', () => {
    const small = estimateWith((devices) => devices.remember(gpu, report(2 ** 30)));
    expect(small).toMatchObject({ availableBytes: 2 ** 30, fits: false });
    expect(small.suggestions.length).toBeGreaterThan(0);
  });
});

describe('the time of a step', () => {
  const work = stepWork(settings);
  const cpu = {
    kind: 'cpu' as const,
    name: 'cpu',
    isSoftware: false,
    matmulGflops: 70,
    memoryBytes: null,
  };
  const measured = {
    deviceName: 'cpu',
    shape: work.shape,
    flopsPerStep: work.flops,
    stepMs: 50,
    measuredAtMs: 1,
  };

  it('follows from the product: the README’s figures of two quiet cores lie within the range', () => {
    // shakespeare-char-small takes 56.9 ms where the product reaches 70 GFLOP/s.
    const { stepMs, measuredFrom } = estimateStep(work, cpu, [])!;
    expect(measuredFrom).toBe('product');
    expect(stepMs.low).toBeLessThan(56.9);
    expect(stepMs.high).toBeGreaterThan(56.9);
    expect((stepMs.low + stepMs.high) / 2 / 56.9).toBeLessThan(1.3);
    // tinystories-15m trains on 850 tokens a second there, 4 x 512 at once.
    const { settings: stories } = presets.find(({ name }) => name === 'tinystories-15m')!;
    const training = { ...stories.training, perDeviceTrainBatchSize: 4, gradientAccumulationSteps: 1 };
    const { likelyMs } = estimateStep(stepWork({ ...stories, training }), cpu, [])!;
    expect(Math.abs(likelyMs / (2_048 / 0.85) - 1)).toBeLessThan(0.3);
  });

  it('follows from real steps where there are some: the same, else of a like size', () => {
    expect(estimateStep(work, cpu, [measured])).toMatchObject({ likelyMs: 50, measuredFrom: 'steps' });
    const like = { ...measured, shape: 'other', flopsPerStep: 2 * work.flops };
    expect(estimateStep(work, cpu, [like])).toMatchObject({ likelyMs: 25, measuredFrom: 'steps' });
    const far = { ...like, flopsPerStep: 100 * work.flops };
    expect(estimateStep(work, cpu, [far])?.measuredFrom).toBe('product');
    expect(estimateStep(work, { ...cpu, matmulGflops: null }, [far])).toMatchObject({ likelyMs: 0.5 });
    expect(estimateStep(work, { ...cpu, matmulGflops: null }, [])).toBeNull();
  });

  it('makes the time of a run, with its evaluations', () => {
    const step = estimateStep(work, cpu, [measured])!;
    const run = estimateRun(changed({ evalSteps: 0, evalBatches: 3, sampleTokens: 0 }), work, step, 100);
    // One evaluation of three batches, forward alone, is a step.
    expect(run).toEqual({ low: 101 * step.stepMs.low, high: 101 * step.stepMs.high });
  });
});

describe('the time of a task', () => {
  const cpu = { kind: 'cpu' as const, name: 'cpu', isSoftware: false, matmulGflops: 70, memoryBytes: null };

  // What their cards say they took, on each of two quiet cores where the product reaches 70 GFLOP/s.
  it.each([
    ['english-german', 68],
    ['sentiment', 56],
  ])('follows from the lengths of the examples: %s is within 30 %%', async (sampleId, seconds) => {
    const cards = await studio.call('datasets.samples', {});
    const { task, settings: changes } = cards.find(({ id }) => id === sampleId)!;
    const dataset = await studio.call('datasets.sample', { sampleId });
    const made = settingsOfCard(presetOf(task).settings, task, changes);
    const { tokenizerVocabSize: vocabSize } = made.data;
    const settings = { ...made, model: { ...made.model, vocabSize } } as RunSettings;
    const text = { ...dataset, folder: join(home, 'datasets', dataset.id) };
    const lengths = (await new SampledLengths().of(settings, dataset, text))!;
    const timeOf = (known: ExampleLengths | null): number => {
      const work = expectedWork(settings, known);
      const step = { ...estimateStep(work, cpu, [])!, stepMs: { low: 0, high: 0 } };
      step.stepMs.high = step.likelyMs;
      return estimateRun(settings, work, step, settings.training.maxSteps, known).high / 1_000;
    };
    expect(Math.abs(timeOf(lengths) / seconds - 1)).toBeLessThan(0.3);
    expect(timeOf(null) / seconds).toBeGreaterThan(1.8);
  });

  it('is measured for itself: nothing is scaled to it from another task, nor from it', () => {
    const work = stepWork(settings);
    const shape = timedShape({ task: 'translate' }, work);
    const slow = { deviceName: 'cpu', shape, flopsPerStep: work.flops, stepMs: 9_000, measuredAtMs: 1 };
    expect(estimateStep(work, cpu, [slow])?.measuredFrom).toBe('product');
    expect(estimateStep({ ...work, shape }, cpu, [slow])).toMatchObject({ likelyMs: 9_000, measuredFrom: 'steps' }); // prettier-ignore
  });

  it('of random batches is that of their longest example, and packs are fewer than rows', () => {
    const { settings: translate } = presetOf('translate');
    const withGroups = (groupByLength: boolean): RunSettings => ({
      ...translate,
      training: { ...translate.training, groupByLength },
    });
    const lengths = [4, 4, 4, 60];
    const [grouped, random] = [true, false].map((groups) => expectedWork(withGroups(groups), lengths).flops);
    expect(random).toBeGreaterThan(2 * grouped!);
    expect(random).toBeLessThanOrEqual(stepWork(translate).flops);
    expect(expectedWork(translate, null)).toEqual(stepWork(translate));
    const packing = { ...translate.training, packing: true };
    expect(packedSequences({ ...translate, training: packing }, [20, 10, 400], 30, 100)).toBe(13);
    expect(packedSequences(translate, [20], 30, 100)).toBeNull();
  });
});

it('tokens are characters, or pieces of words and the ends of rows', () => {
  const text = { kind: 'text' as const, characterCount: 1_000, rowCount: 5 };
  const characters = { tokenizer: 'characters' as const, tokenizerVocabSize: 1_024, validationFraction: 0.1 };
  expect(expectedTokens(text, characters)).toBe(900);
  expect(expectedTokens({ ...text, kind: 'table' }, characters)).toBe(905);
  // Tiny Shakespeare has 2.44 characters a token with 1,024 pieces and 3.54 with 8,192.
  for (const [tokenizerVocabSize, perToken] of [
    [1_024, 2.44],
    [8_192, 3.54],
  ] as const) {
    const data = { tokenizer: 'byte-level-bpe' as const, tokenizerVocabSize, validationFraction: 0 };
    expect(1_000 / expectedTokens(text, data) / perToken).toBeCloseTo(1, 1);
  }
});
