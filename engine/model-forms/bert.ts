// The settings of the BERT form (Devlin et al. 2019).

import { choice, integer, number, type Fields, type Values } from '../fields.ts';
import { activations, sharedModelFields } from './shared.ts';

/** An encoder: learned positions, layer norm after each part, attention in both directions. */
export const bertFields = {
  ...sharedModelFields,
  hiddenAct: choice('gelu', activations, {
    label: 'Activation',
    help: 'The bend in the feed-forward layer.',
  }),
  typeVocabSize: integer(2, 1, 16, {
    label: 'Segment types',
    unit: 'types',
    help: 'How many kinds of segments a sequence may have; Heddle uses the first.',
  }),
  numLabels: integer(0, 0, 100_000, {
    label: 'Classes',
    unit: 'classes',
    help: 'How many classes a text may have; the data decides it. 0 predicts hidden tokens instead.',
  }),
  layerNormEpsilon: number(1e-12, 1e-15, 1e-1, {
    label: 'Norm epsilon',
    help: 'A small number that keeps the norm from dividing by zero.',
  }),
  hiddenDropout: number(0.1, 0, 0.95, {
    label: 'Dropout',
    help: 'Share of values set to zero at random while training: of embeddings and each part of a block.',
  }),
  attentionDropout: number(0.1, 0, 0.95, {
    label: 'Attention dropout',
    help: 'Share of attention weights set to zero at random while training.',
  }),
} as const satisfies Fields;

export type BertConfig = { modelType: 'bert' } & Values<typeof bertFields>;
