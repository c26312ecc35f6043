// Runs of tasks that have examples, small enough for tests, on each device: they learn, measure what their task is
// measured by, show examples, and go on bit for bit.

import { expect, it } from 'vitest';
import {
  bertFields,
  dataFields,
  defaultsOf,
  settingsSchemaVersion,
  trainingFields,
  transformerFields,
  tuningFields,
  type ModelConfig,
  type RunSettings,
} from '../../../engine/config.ts';
import type { ExampleSource } from '../../../engine/data/examples.ts';
import type { Device } from '../../../engine/device/device.ts';
import { trainCharacters } from '../../../engine/tokenizers/characters-trainer.ts';
import type { Tokenizer } from '../../../engine/tokenizers/tokenizer.ts';
import type { TrainingEvent } from '../../../engine/training/events.ts';
import type { TrainOptions } from '../../../engine/training/options.ts';
import { train } from '../../../engine/training/trainer.ts';
import { onCpuAndWebgpu } from '../on-each-device.ts';
import { MemoryCheckpoints } from './memory-checkpoints.ts';

interface Row {
  readonly ids: readonly number[];
  readonly trainedOn: readonly number[];
}

/** Examples held in memory as a token shard holds them. */
function examplesOf(rows: readonly Row[]): ExampleSource {
  const ids = Uint32Array.from(rows.flatMap((row) => row.ids));
  const flags = Uint8Array.from(rows.flatMap((row) => row.trainedOn));
  const starts = rows.map((_, i) => rows.slice(0, i).reduce((sum, row) => sum + row.ids.length, 0));
  return {
    tokenCount: ids.length,
    exampleCount: rows.length,
    read: (start, count) => Promise.resolve(ids.slice(start, start + count)),
    readTrainedOn: (start, count) => Promise.resolve(flags.slice(start, start + count)),
    readExampleStarts: (first, count) => Promise.resolve(starts.slice(first, first + count)),
  };
}

const words = ['ab', 'cab', 'bad', 'dab', 'abc', 'bca', 'dd', 'cc', 'acdb', 'bbad', 'dcab', 'aacd'];

async function tokenizerWith(specialTokens: string[]): Promise<Tokenizer> {
  return trainCharacters(
    (async function* () {
      yield 'abcd';
    })(),
    { specialTokens, unknownToken: null },
  );
}

const small = { hiddenSize: 32, numHiddenLayers: 1, numAttentionHeads: 2, intermediateSize: 64 };

const models: Record<'transformer' | 'bert', ModelConfig> = {
  transformer: {
    modelType: 'transformer',
    ...defaultsOf(transformerFields),
    ...small,
    numDecoderLayers: 1,
    maxPositionEmbeddings: 16,
    dropout: 0,
    attentionDropout: 0,
    activationDropout: 0,
  },
  bert: {
    modelType: 'bert',
    ...defaultsOf(bertFields),
    ...small,
    maxPositionEmbeddings: 16,
    hiddenDropout: 0,
    attentionDropout: 0,
  },
};

async function taskRun(
  device: Device,
  task: RunSettings['task'],
  changes: Partial<TrainOptions> = {},
  maxLength = 8,
): Promise<TrainOptions & { checkpoints: MemoryCheckpoints; events: TrainingEvent[] }> {
  const isPair = task === 'seq2seq';
  const tokenizer = await tokenizerWith(isPair ? ['<|endoftext|>'] : ['[PAD]', '[CLS]', '[SEP]', '[MASK]']);
  const encode = (text: string): number[] => [...tokenizer.encode(text).ids];
  const special = (name: string): number => tokenizer.specialTokens.get(name)!;
  const rows: Row[] = words.map((word) => {
    if (isPair) {
      const end = tokenizer.endOfTextTokenId!;
      const source = [...encode(word), end];
      const target = [...encode([...word].reverse().join('')), end];
      return { ids: [...source, ...target], trainedOn: [...source.map(() => 0), ...target.map(() => 1)] };
    }
    const text = [special('[CLS]'), ...encode(word), special('[SEP]')];
    if (task === 'mask') return { ids: text, trainedOn: text.map(() => 1) };
    return { ids: [...text, 'ab'.includes(word[0]!) ? 0 : 1], trainedOn: [...text.map(() => 0), 1] };
  });
  const source = examplesOf(rows);
  const model = models[isPair ? 'transformer' : 'bert'];
  const labels = task === 'classify' ? ['early', 'late'] : [];
  const classes = task === 'classify' ? { numLabels: 2 } : {};
  const events: TrainingEvent[] = [];
  return {
    device,
    settings: {
      schemaVersion: settingsSchemaVersion,
      task,
      preset: null,
      model: { ...model, vocabSize: tokenizer.vocabSize, ...classes } as ModelConfig,
      training: {
        ...defaultsOf(trainingFields),
        maxSteps: 60,
        perDeviceTrainBatchSize: 4,
        learningRate: 1e-2,
        warmupSteps: 5,
        evalSteps: 60,
        evalBatches: 3,
        predictExamples: 6,
        maxLength,
        metricForBestModel: isPair ? 'bleu' : 'accuracy',
      },
      data: defaultsOf(dataFields),
      tuning: defaultsOf(tuningFields),
      labels,
    },
    tokenizer,
    trainTokens: source,
    evalTokens: source,
    resume: null,
    stopAtStep: null,
    signal: new AbortController().signal as TrainOptions['signal'],
    onEvent: (event) => events.push(event),
    now: () => performance.now(),
    saveIntervalMs: Infinity,
    ...changes,
    checkpoints: new MemoryCheckpoints(),
    events,
  };
}

async function learned(device: Device, task: RunSettings['task']) {
  const run = await taskRun(device, task);
  const result = await train(run);
  const evaluation = run.events.find((event) => event.type === 'eval')!;
  const first = run.events.find((event) => event.type === 'step')!;
  const sample = run.events.find((event) => event.type === 'sample');
  return { share: result.evalLoss! / first.loss, metrics: evaluation.metrics, sample };
}

onCpuAndWebgpu((makeDevice) => {
  it('a sequence to sequence is learned and measured by accuracy and BLEU', async () => {
    const { share, metrics, sample } = await learned(await makeDevice(), 'seq2seq');
    expect(share).toBeLessThan(0.8);
    expect(metrics.accuracy).toBeGreaterThan(0.5);
    expect(metrics.bleu).toBeGreaterThanOrEqual(0);
    expect(sample?.examples?.[0]).toMatchObject({ input: 'ab', target: 'ba' });
  });

  it('classes are learned and measured by accuracy and F1', async () => {
    const { metrics, sample } = await learned(await makeDevice(), 'classify');
    expect(metrics).toEqual({ accuracy: 1, f1: 1 });
    expect(sample?.examples).toContainEqual({ input: 'ab', target: 'early', output: 'early' });
  });

  it('hidden tokens are learned and measured by accuracy', async () => {
    const { share, metrics } = await learned(await makeDevice(), 'mask');
    expect(share).toBeLessThan(0.9);
    expect(Object.keys(metrics)).toEqual(['accuracy']);
  });

  it('goes on bit for bit from a checkpoint, whatever the lengths of its batches', async () => {
    const device = await makeDevice();
    const whole = await taskRun(device, 'seq2seq', {}, 16);
    await train(whole);
    const first = await taskRun(device, 'seq2seq', { stopAtStep: 23 }, 16);
    await train(first);
    const rest = await taskRun(device, 'seq2seq', { resume: first.checkpoints.source(23) }, 16);
    await train(rest);
    const weights = (run: typeof whole): Uint8Array =>
      run.checkpoints.byStep.get(60)!.get('model.safetensors')!;
    expect(Buffer.compare(weights(whole), weights(rest))).toBe(0);
  });
});
