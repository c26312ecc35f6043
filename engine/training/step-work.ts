// What one optimizer step computes, from the settings alone: its floating-point operations, and a text that
// says which steps take the same time. Needs no device and no plan.
// B = batch, T = tokens, C = hidden, V = vocab, L = layers, NH = heads, NKV = kv heads, HS = head size.

import { isDecoder, isEncoder, sequenceLength, type ModelConfig, type RunSettings } from '../config.ts';
import { batchShapes } from '../data/batch-shapes.ts';
import { sizeOf } from '../graph/tensor.ts';
import { createModel } from '../models/model.ts';
import { isEmbedding } from '../models/parameter-places.ts';

export interface StepWork {
  /** Floating-point operations of products and attention, forward and backward, all micro-steps. */
  readonly flops: number;
  /** Tokens trained on. */
  readonly tokens: number;
  /** Commands that a device is given. */
  readonly commands: number;
  /** Steps of the same shape take the same time on the same device. */
  readonly shape: string;
}

/**
 * 6 N B T for the products (2 N forward, 4 N backward a token), and for attention 2 products forward and 5
 * backward (it computes its weights anew) over the pairs that see each other, T (T + 1) / 2 in a causal sequence.
 */
export function stepWork(settings: RunSettings): StepWork {
  const { model, training } = settings;
  const {
    hiddenSize: C,
    numHiddenLayers: L,
    numAttentionHeads: NH,
    vocabSize: V,
    intermediateSize: I,
  } = model;
  const { perDeviceTrainBatchSize: B, gradientAccumulationSteps: microSteps } = training;
  const T = sequenceLength(model, training);
  const HS = 'headDim' in model ? model.headDim : C / NH;
  const NKV = 'numKeyValueHeads' in model ? model.numKeyValueHeads : NH;
  const { perToken, perSequence, perScored } = productParameters(model);
  // Of a masked text only hidden rows go on to the head; else all.
  const { scoredRows = B * T } = batchShapes(settings).at(-1)!;
  // A decoder's tokens see those before them; an encoder's all; a decoder of a source that source too.
  const causal = (T * (T + 1)) / 2;
  const pairs = isDecoder(model)
    ? L * causal
    : isEncoder(model)
      ? L * T * T
      : L * T * T + model.numDecoderLayers * (causal + T * T);
  const attention = 7 * 2 * B * NH * HS * pairs;
  const hasDropout = Object.entries(model).some(
    ([name, value]) => /dropout|pdrop/i.test(name) && Number(value) > 0,
  );
  const isHalf = training.mixedPrecision === 'fp16';
  const shape = [
    `${model.modelType} V${V} C${C} L${L} H${NH}/${NKV}x${HS} I${I}`,
    `B${B}x${microSteps} T${T} ${training.optim}${hasDropout ? ' dropout' : ''}${isHalf ? ' fp16' : ''}`,
  ].join(' ');
  return {
    flops: microSteps * (6 * (perToken * B * T + perSequence * B + perScored * scoredRows) + attention),
    tokens: microSteps * B * T,
    commands: microSteps * ((hasDropout ? 30 : 26) * L + 12),
    shape,
  };
}

type Often = 'perToken' | 'perSequence' | 'perScored';

/**
 * Parameters that are multiplied with, by how often: all matrices but tables that are only looked up once a token,
 * what stands before a classifier's scores once a sequence, a head and what stands before it once a scored row.
 */
function productParameters(config: ModelConfig): Readonly<Record<Often, number>> {
  const { parameters, headWeight } = createModel(config, { training: false });
  const isClassifier = 'numLabels' in config && config.numLabels > 0;
  const counts = { perToken: 0, perSequence: 0, perScored: 0 };
  for (const { spec, tensor } of parameters.byKey.values()) {
    if (!spec.decays || (isEmbedding(spec.key) && tensor !== headWeight)) continue;
    const isHead = tensor === headWeight || /\.pooler\.|\.transform\./.test(spec.key);
    const often = isHead ? (isClassifier ? 'perSequence' : 'perScored') : 'perToken';
    counts[often] += sizeOf(spec.shape);
  }
  return counts;
}
