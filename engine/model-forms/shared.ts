// Settings that every model form has, and the activations that forms choose from.

import { boolean, integer, number, type Fields } from '../fields.ts';

/** What every form has. */
export const sharedModelFields = {
  vocabSize: integer(65, 1, 1_000_000, {
    label: 'Vocabulary',
    unit: 'tokens',
    help: 'How many different tokens the model knows; the tokenizer decides it.',
  }),
  hiddenSize: integer(128, 1, 16_384, {
    label: 'Width',
    unit: 'features',
    help: 'Numbers that describe one token inside the model; a multiple of the heads.',
  }),
  numHiddenLayers: integer(4, 1, 256, {
    label: 'Layers',
    unit: 'layers',
    help: 'How many transformer blocks are stacked; deeper models learn longer chains of thought.',
  }),
  numAttentionHeads: integer(4, 1, 256, {
    label: 'Heads',
    unit: 'heads',
    help: 'How many places each token can attend to at once in a layer.',
  }),
  intermediateSize: integer(512, 1, 65_536, {
    label: 'Feed-forward width',
    unit: 'features',
    help: 'Width of the layer between attentions; usually four times the width.',
  }),
  maxPositionEmbeddings: integer(64, 1, 131_072, {
    label: 'Context length',
    unit: 'tokens',
    help: 'How many tokens the model can see at once.',
  }),
  tieWordEmbeddings: boolean(true, {
    label: 'Tied embeddings',
    help: 'The input and output tables are one table, which saves parameters.',
  }),
  initializerRange: number(0.02, 0, 1, {
    label: 'Initial spread',
    help: 'Standard deviation of the random weights a model starts with.',
  }),
} as const satisfies Fields;

export const activations = ['gelu', 'gelu_new', 'relu', 'silu'] as const;

export type HiddenAct = (typeof activations)[number];
