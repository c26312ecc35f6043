// A training run small enough for tests: a tiny model on a text written here, everything else as in a real one.

import {
  defaultsOf,
  dataFields,
  gpt2Fields,
  llamaFields,
  settingsSchemaVersion,
  trainingFields,
  tuningFields,
  type DecoderConfig,
  type ModelConfig,
  type RunSettings,
  type TrainingConfig,
} from '../../../engine/config.ts';
import type { TokenSource } from '../../../engine/data/windows.ts';
import type { Device } from '../../../engine/device/device.ts';
import { trainCharacters } from '../../../engine/tokenizers/characters-trainer.ts';
import type { TrainOptions } from '../../../engine/training/options.ts';
import { MemoryCheckpoints } from './memory-checkpoints.ts';

const text = 'the grey cat sat by the warm lamp and the red hen sat by the door. '.repeat(40);

const shape = { hiddenSize: 24, numHiddenLayers: 2, intermediateSize: 48, maxPositionEmbeddings: 16 };

export const smallModels: Record<'gpt2' | 'llama', DecoderConfig> = {
  gpt2: {
    modelType: 'gpt2',
    ...defaultsOf(gpt2Fields),
    ...shape,
    numAttentionHeads: 3,
    useBias: true,
    embdPdrop: 0.1,
    residPdrop: 0.1,
    attnPdrop: 0.1,
  },
  llama: {
    modelType: 'llama',
    ...defaultsOf(llamaFields),
    ...shape,
    numAttentionHeads: 4,
    numKeyValueHeads: 2,
    headDim: 6,
    attentionDropout: 0.1,
  },
};

/** Tokens held in memory. */
export function tokensOf(ids: Uint32Array): TokenSource {
  return { tokenCount: ids.length, read: (start, count) => Promise.resolve(ids.slice(start, start + count)) };
}

/** Options of a small run; dropout 0.1, accumulation 3, evaluation and samples unless told otherwise. */
export async function smallRun(
  device: Device,
  model: ModelConfig,
  training: Partial<TrainingConfig>,
  options: Partial<TrainOptions> = {},
): Promise<TrainOptions & { checkpoints: MemoryCheckpoints }> {
  const tokenizer = await trainCharacters(
    (async function* () {
      yield text;
    })(),
  );
  const { ids } = tokenizer.encode(text);
  const held = Math.floor(ids.length * 0.9);
  const settings: RunSettings = {
    schemaVersion: settingsSchemaVersion,
    task: 'text',
    preset: null,
    model: { ...model, vocabSize: tokenizer.vocabSize },
    training: {
      ...defaultsOf(trainingFields),
      maxSteps: 12,
      perDeviceTrainBatchSize: 3,
      gradientAccumulationSteps: 3,
      learningRate: 3e-3,
      warmupSteps: 2,
      evalSteps: 4,
      evalBatches: 2,
      sampleTokens: 8,
      ...training,
    },
    data: defaultsOf(dataFields),
    tuning: defaultsOf(tuningFields),
    labels: [],
  };
  return {
    device,
    settings,
    tokenizer,
    trainTokens: tokensOf(ids.slice(0, held)),
    evalTokens: tokensOf(ids.slice(held)),
    resume: null,
    stopAtStep: null,
    signal: new AbortController().signal as TrainOptions['signal'],
    onEvent: () => undefined,
    now: () => performance.now(),
    saveIntervalMs: Infinity,
    ...options,
    checkpoints: new MemoryCheckpoints(),
  };
}
