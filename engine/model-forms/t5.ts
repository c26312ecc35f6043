// The settings of the T5 form (Raffel et al. 2020; v1.1 with a gated feed-forward layer).

import { boolean, choice, integer, number, type Fields, type Values } from '../fields.ts';
import { activations, sharedModelFields } from './shared.ts';

const { initializerRange, ...sharedFields } = sharedModelFields;

/** Encoder and decoder with relative position biases, RMS norm before each part, no biases. */
export const t5Fields = {
  ...sharedFields,
  numHiddenLayers: {
    ...sharedModelFields.numHiddenLayers,
    label: 'Encoder layers',
    help: 'How many blocks read the source; --num-hidden-layers sets both stacks.',
  },
  numDecoderLayers: integer(4, 1, 256, {
    label: 'Decoder layers',
    unit: 'layers',
    help: 'How many blocks write the target.',
  }),
  headDim: integer(32, 1, 1_024, {
    label: 'Head size',
    unit: 'features',
    help: 'Width of one attention head (d_kv); not bound to the width.',
  }),
  hiddenAct: choice('gelu_new', activations, {
    label: 'Activation',
    help: 'The bend of the feed-forward layer; gelu_new with a gate is T5 v1.1.',
  }),
  isGatedAct: boolean(true, {
    label: 'Gated feed-forward',
    help: 'A second product decides how much of each inner value passes, as in T5 v1.1.',
  }),
  relativeAttentionNumBuckets: integer(32, 4, 1_024, {
    label: 'Distance buckets',
    unit: 'buckets',
    help: 'How many distances between tokens are told apart.',
  }),
  relativeAttentionMaxDistance: integer(128, 2, 131_072, {
    label: 'Longest distance',
    unit: 'tokens',
    help: 'Distances beyond this share the last bucket.',
  }),
  initializerFactor: {
    ...initializerRange,
    default: 1,
    label: 'Initial scale',
    help: 'What the random weights that a T5 model starts with are multiplied with; their spreads follow from its sizes.',
  },
  layerNormEpsilon: number(1e-6, 1e-12, 1e-1, {
    label: 'Norm epsilon',
    help: 'A small number that keeps the norm from dividing by zero.',
  }),
  dropoutRate: number(0.1, 0, 0.95, {
    label: 'Dropout',
    help: 'Share of values set to zero at random while training, of attention weights too.',
  }),
} as const satisfies Fields;

export type T5Config = { modelType: 't5' } & Values<typeof t5Fields>;
