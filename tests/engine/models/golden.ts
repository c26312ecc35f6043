// The tiny models of tests/golden/make_goldens.py and make_family_goldens.py: settings, weights by the same formula, golden tensors.

import { readFile } from 'node:fs/promises';
import {
  defaultsOf,
  gpt2Fields,
  llamaFields,
  qwenFields,
  trainingFields,
  type DecoderConfig,
  type TrainingConfig,
} from '../../../engine/config.ts';
import type { Device } from '../../../engine/device/device.ts';
import type { TensorReader } from '../../../engine/formats/bytes.ts';
import { openSafetensors } from '../../../engine/formats/safetensors.ts';
import { Executor } from '../../../engine/graph/executor.ts';
import { makePlan, type Plan } from '../../../engine/graph/plan.ts';
import type { Tape } from '../../../engine/graph/tape.ts';
import { sizeOf, type Arena } from '../../../engine/graph/tensor.ts';
import { writeConstants } from '../../../engine/models/init.ts';
import { modelArenas, type Model } from '../../../engine/models/model.ts';
import { adapterParts, modelParts } from '../../../engine/models/weights.ts';

export const batch = 2;
export const length = 9;

const rotarySizes = {
  vocabSize: 29,
  hiddenSize: 16,
  numHiddenLayers: 2,
  numAttentionHeads: 4,
  numKeyValueHeads: 2,
  headDim: 6,
  intermediateSize: 20,
  maxPositionEmbeddings: 12,
  tieWordEmbeddings: false,
};

export const goldenConfigs: readonly DecoderConfig[] = [
  {
    modelType: 'gpt2',
    ...defaultsOf(gpt2Fields),
    vocabSize: 29,
    hiddenSize: 16,
    numHiddenLayers: 2,
    numAttentionHeads: 2,
    intermediateSize: 40,
    maxPositionEmbeddings: 12,
    useBias: true,
  },
  {
    modelType: 'llama',
    ...defaultsOf(llamaFields),
    ...rotarySizes,
  },
  { modelType: 'qwen2', ...defaultsOf(qwenFields), ...rotarySizes },
  { modelType: 'qwen3', ...defaultsOf(qwenFields), ...rotarySizes },
];

/** Token ids and the ids that follow them, as the golden script makes them. */
export function goldenTokens(): { ids: Uint32Array; targets: Uint32Array } {
  const row = (b: number, shift: number): number[] =>
    Array.from({ length }, (_, t) => ((b * (length + 1) + t + shift) * 7) % 29);
  return {
    ids: Uint32Array.from([...row(0, 0), ...row(1, 0)]),
    targets: Uint32Array.from([...row(0, 1), ...row(1, 1)]),
  };
}

/** Value i of the k-th tensor by sorted name is 0.1 sin(0.7 i + k), plus 1 for norm weights. */
export function goldenWeights(model: Model): Map<string, Float32Array> {
  const parts = [...modelParts(model.parameters)].sort((a, b) => (a.name < b.name ? -1 : 1));
  return new Map(
    parts.map(({ name, shape }, k) => {
      const offset = shape.length === 1 && name.endsWith('weight') ? 1 : 0;
      return [
        name,
        Float32Array.from({ length: sizeOf(shape) }, (_, i) => offset + 0.1 * Math.sin(0.7 * i + k)),
      ];
    }),
  );
}

/** The golden tensors of one form. */
export async function openGolden(modelType: string): Promise<TensorReader> {
  const path = new URL(`../../golden/models/${modelType}.safetensors`, import.meta.url);
  const bytes = new Uint8Array(await readFile(path));
  return openSafetensors({
    name: path.pathname,
    sizeBytes: bytes.length,
    read: (offset, count) => Promise.resolve(bytes.subarray(offset, offset + count)),
  });
}

/** max|a - b| / max|b|. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let difference = 0;
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    difference = Math.max(difference, Math.abs(actual[i]! - expected[i]!));
    largest = Math.max(largest, Math.abs(expected[i]!));
  }
  return actual.length === expected.length ? difference / largest : Infinity;
}

/** The optimizer of the golden scripts: AdamW for ten steps. */
export const goldenTraining: TrainingConfig = {
  ...defaultsOf(trainingFields),
  maxSteps: 10,
  learningRate: 1e-2,
  adamBeta2: 0.95,
  weightDecay: 0.1,
  maxGradNorm: 1,
};

/** A model on a device with golden values in all of its parts, the model's own formula unless others are given. */
export async function openModel(
  device: Device,
  model: Model,
  plans: readonly Plan[],
  arenas: readonly Arena[] = [],
  values: ReadonlyMap<string, Float32Array> = goldenWeights(model),
): Promise<Executor> {
  const executor = await Executor.create(device, [...modelArenas(model), ...arenas], plans);
  writeConstants(executor, model);
  for (const { name, tensor } of [...modelParts(model.parameters), ...adapterParts(model.parameters)]) {
    executor.writeTensor(tensor, values.get(name)!);
  }
  return executor;
}

/** Plans of tapes, and a model with golden values that runs them. */
export async function openTapes(
  device: Device,
  model: Model,
  tapes: readonly Tape[],
  arenas: readonly Arena[] = [],
): Promise<{ executor: Executor; plans: Plan[] }> {
  const plans = tapes.map((tape) => makePlan(tape, device.limits.maxBindingBytes));
  return { executor: await openModel(device, model, plans, arenas), plans };
}

/** The logits of the last pass of a plan. */
export async function logitsOf(executor: Executor, plan: Plan): Promise<Float32Array> {
  return new Float32Array(await executor.readOutput(plan, 'logits'));
}
