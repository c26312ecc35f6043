// The training steps that are measured: model, optimizer, initial weights and token batches, made once from a
// seed and written to a folder, so that Heddle and every peer start from the same numbers. Knows no peer.

import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelConfig, RunSettings } from '../../engine/config.ts';
import { sizeOf } from '../../engine/graph/tensor.ts';
import { createModel } from '../../engine/models/model.ts';
import type { PartSpec } from '../../engine/models/parameters.ts';
import { presets } from '../../engine/models/presets.ts';
import { modelParts } from '../../engine/models/weights.ts';

const seed = 1337;
/** Batches in the file; steps go round them, each another one than the step before. */
const batchCount = 32;

/** `workload.json`: what a peer needs beside `weights.f32` and `tokens.u32`, both raw and little-endian. */
export interface Workload {
  readonly name: string;
  readonly settings: RunSettings;
  readonly batchSize: number;
  /** Tokens of one sequence; a row of `tokens.u32` has one more. */
  readonly length: number;
  readonly batchCount: number;
  /** In the order of `weights.f32`, by Hugging Face's names. */
  readonly tensors: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

type Shape = { readonly batchSize: number; readonly length: number; readonly model?: Partial<ModelConfig> };

/** Shapes by name; `tiny` is made up, the others are the presets of the same name. */
const shapes: Readonly<Record<string, { readonly preset: string } & Shape>> = {
  tiny: {
    preset: 'shakespeare-char-small',
    batchSize: 4,
    length: 64,
    model: { vocabSize: 256, numHiddenLayers: 2 },
  },
  small: { preset: 'shakespeare-char-small', batchSize: 12, length: 64 },
  'tinystories-15m': { preset: 'tinystories-15m', batchSize: 4, length: 512 },
  'gpt2-124m': { preset: 'gpt2-124m', batchSize: 1, length: 1024 },
};

/** The settings of a workload: its preset with a constant learning rate, no samples, one batch a step. */
export function settingsOf(name: string): Pick<Workload, 'settings' | 'batchSize' | 'length'> {
  const { preset, batchSize, length, model: changes } = shapes[name]!;
  const { settings: base } = presets.find((other) => other.name === preset)!;
  const settings: RunSettings = {
    ...base,
    model: { ...base.model, ...changes } as ModelConfig,
    training: {
      ...base.training,
      perDeviceTrainBatchSize: batchSize,
      gradientAccumulationSteps: 1,
      maxSteps: 1_000,
      maxLength: length,
      learningRate: 1e-3,
      lrSchedulerType: 'constant',
      warmupSteps: 0,
      sampleTokens: 0,
    },
  };
  return { settings, batchSize, length };
}

/** Writes the workload of a name into a folder that is made; gives what `workload.json` holds. */
export function writeWorkload(name: string, folder: string): Workload {
  const { settings, batchSize, length } = settingsOf(name);
  const { model } = settings;
  const parts = modelParts(createModel(model, { training: false }).parameters);
  const tensors = parts.map((part) => ({ name: part.name, shape: part.shape }));
  const workload: Workload = { name, settings, batchSize, length, batchCount, tensors };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'workload.json'), JSON.stringify(workload));
  const random = uniformNumbers(seed);
  const weights = join(folder, 'weights.f32');
  writeFileSync(weights, '');
  for (const part of parts) appendFileSync(weights, new Uint8Array(initialValues(part, random).buffer));
  writeFileSync(join(folder, 'tokens.u32'), tokenRows(batchCount * batchSize, length + 1, model.vocabSize));
  return workload;
}

/** Uniform numbers of the deviation that the model asks for: cheaper than normal ones, and as good here. */
function initialValues({ shape, initial }: PartSpec, random: () => number): Float32Array<ArrayBuffer> {
  const values = new Float32Array(sizeOf(shape));
  if (initial.kind === 'ones') values.fill(1);
  if (initial.kind === 'normal') {
    const reach = initial.standardDeviation * Math.sqrt(3);
    for (let i = 0; i < values.length; i++) values[i] = reach * (2 * random() - 1);
  }
  return values;
}

/** Rows of tokens that can be learned: each follows from the one before it, four times in five. */
function tokenRows(rows: number, length: number, vocabSize: number): Uint32Array {
  const random = uniformNumbers(seed + 1);
  const any = (): number => Math.floor(random() * vocabSize);
  const tokens = new Uint32Array(rows * length);
  for (let i = 0; i < tokens.length; i++) {
    const isFree = i % length === 0 || random() < 0.2;
    tokens[i] = isFree ? any() : (tokens[i - 1]! * 5 + 17) % vocabSize;
  }
  return tokens;
}

/** Numbers in [0, 1) (mulberry32). */
function uniformNumbers(start: number): () => number {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}
