// The settings of the forms with rotary positions: Llama, and Qwen2 and Qwen3, which differ from it in little.

import { choice, integer, number, type Field, type Fields, type Values } from '../fields.ts';
import { activations, sharedModelFields } from './shared.ts';

/** Ways to stretch rotary positions, by Hugging Face's `rope_type`. */
export const ropeTypes = ['default', 'linear', 'llama3'] as const;

/** The Llama form: rotary positions, RMS norm, gated feed-forward, grouped-query attention. */
export const llamaFields = {
  ...sharedModelFields,
  hiddenAct: choice('silu', activations, {
    label: 'Activation',
    help: 'The bend of the feed-forward gate; silu makes it SwiGLU.',
  }),
  numKeyValueHeads: integer(4, 1, 256, {
    label: 'Key and value heads',
    unit: 'heads',
    help: 'Heads that share keys and values; fewer than the heads saves memory when generating.',
  }),
  headDim: integer(32, 2, 1_024, {
    label: 'Head size',
    unit: 'features',
    help: 'Width of one attention head; usually the width divided by the heads.',
  }),
  rmsNormEps: number(1e-5, 1e-12, 1e-1, {
    label: 'Norm epsilon',
    help: 'A small number that keeps the norm from dividing by zero.',
  }),
  ropeTheta: number(10_000, 1, 1e9, {
    label: 'Rotary base',
    help: 'Base of the rotation frequencies that encode positions; larger reaches further.',
  }),
  ropeType: choice('default', ropeTypes, {
    label: 'Rotary scaling',
    help: 'How rotations are slowed for a longer context: not at all, all alike, or the slow ones alone as in Llama 3.',
  }),
  ropeFactor: number(1, 1, 1_024, {
    label: 'Rotary factor',
    help: 'How many times longer the context is than without scaling; default rotary positions do not use it.',
  }),
  ropeLowFreqFactor: number(1, 1e-3, 1_024, {
    label: 'Rotary low frequency',
    help: 'Llama 3: rotations that turn fewer times than this within the original context are slowed by the whole factor.',
  }),
  ropeHighFreqFactor: number(4, 1e-3, 1_024, {
    label: 'Rotary high frequency',
    help: 'Llama 3: rotations that turn more times than this within the original context are left alone.',
  }),
  originalMaxPositionEmbeddings: integer(8_192, 1, 131_072, {
    label: 'Original context length',
    unit: 'tokens',
    help: 'Llama 3: the context the model had before its rotations were slowed.',
  }),
  attentionDropout: number(0, 0, 0.95, {
    label: 'Attention dropout',
    help: 'Share of attention weights set to zero at random while training.',
  }),
} as const satisfies Fields;

function withDefault(field: Field<number>, value: number): Field<number> {
  return { ...field, default: value };
}

/**
 * The Qwen forms: the Llama form with biases where queries, keys and values are made (Qwen2), or with an RMS norm
 * of each head of the queries and keys (Qwen3).
 */
export const qwenFields = {
  ...llamaFields,
  rmsNormEps: withDefault(llamaFields.rmsNormEps, 1e-6),
  ropeTheta: withDefault(llamaFields.ropeTheta, 1_000_000),
} as const satisfies Fields;

export type LlamaConfig = { modelType: 'llama' } & Values<typeof llamaFields>;
export type Qwen2Config = { modelType: 'qwen2' } & Values<typeof qwenFields>;
export type Qwen3Config = { modelType: 'qwen3' } & Values<typeof qwenFields>;
/** The forms with rotary positions; one description computes them all. */
export type RotaryConfig = LlamaConfig | Qwen2Config | Qwen3Config;
