// The settings of the GPT-2 form.

import { boolean, choice, number, type Fields, type Values } from '../fields.ts';
import { activations, sharedModelFields } from './shared.ts';

/** The GPT-2 form: learned positions, layer norm before each part, one feed-forward layer. */
export const gpt2Fields = {
  ...sharedModelFields,
  hiddenAct: choice('gelu_new', activations, {
    label: 'Activation',
    help: 'The bend in the feed-forward layer; gelu_new is GPT-2 own tanh form.',
  }),
  useBias: boolean(false, {
    label: 'Biases',
    help: 'Adds a learned offset to every matrix product and norm; GPT-2 has them, small models do well without.',
  }),
  layerNormEpsilon: number(1e-5, 1e-12, 1e-1, {
    label: 'Norm epsilon',
    help: 'A small number that keeps the norm from dividing by zero.',
  }),
  embdPdrop: number(0, 0, 0.95, {
    label: 'Embedding dropout',
    help: 'Share of embedding values set to zero at random while training.',
  }),
  residPdrop: number(0, 0, 0.95, {
    label: 'Residual dropout',
    help: 'Share of each part own output set to zero at random while training.',
  }),
  attnPdrop: number(0, 0, 0.95, {
    label: 'Attention dropout',
    help: 'Share of attention weights set to zero at random while training.',
  }),
} as const satisfies Fields;

export type Gpt2Config = { modelType: 'gpt2' } & Values<typeof gpt2Fields>;
