// The settings of the original encoder-decoder form (Vaswani et al. 2017), as PyTorch's nn.Transformer has them.

import { boolean, choice, integer, number, type Fields, type Values } from '../fields.ts';
import { activations, sharedModelFields } from './shared.ts';

export const positionEmbeddingTypes = ['sinusoidal', 'sinusoidal-halves', 'learned'] as const;

export const decoderStarts = ['end', 'padding'] as const;

/** Encoder and decoder stacks, sinusoidal or learned positions, layer norm after or before each part. */
export const transformerFields = {
  ...sharedModelFields,
  numHiddenLayers: {
    ...sharedModelFields.numHiddenLayers,
    label: 'Encoder layers',
    help: 'How many blocks read the source (num_encoder_layers); --num-hidden-layers sets both stacks.',
  },
  numDecoderLayers: integer(4, 1, 256, {
    label: 'Decoder layers',
    unit: 'layers',
    help: 'How many blocks write the target (num_decoder_layers).',
  }),
  hiddenAct: choice('relu', activations, {
    label: 'Activation',
    help: 'The bend in the feed-forward layer; the original has ReLU.',
  }),
  dropout: number(0.1, 0, 0.95, {
    label: 'Dropout',
    help: 'Share of values set to zero at random while training: of embeddings and each part of a block.',
  }),
  attentionDropout: number(0.1, 0, 0.95, {
    label: 'Attention dropout',
    help: 'Share of attention weights set to zero at random while training; nn.Transformer has one number for both.',
  }),
  activationDropout: number(0.1, 0, 0.95, {
    label: 'Activation dropout',
    help: 'Share of the feed-forward layer inner values set to zero at random while training.',
  }),
  normFirst: boolean(false, {
    label: 'Norm first',
    help: 'Norm before each part (pre-norm) trains more steadily; off is the original, norm after it.',
  }),
  finalNorm: boolean(true, {
    label: 'Final norms',
    help: 'A norm behind each stack, as nn.Transformer has it; Marian models have none.',
  }),
  layerNormEpsilon: number(1e-5, 1e-12, 1e-1, {
    label: 'Norm epsilon',
    help: 'A small number that keeps the norm from dividing by zero.',
  }),
  positionEmbeddingType: choice('sinusoidal', positionEmbeddingTypes, {
    label: 'Positions',
    help: 'Fixed sines and cosines in turn, as in the original; all sines before all cosines, as Marian has them; or a learned table.',
  }),
  scaleEmbedding: boolean(true, {
    label: 'Scaled embeddings',
    help: 'Token embeddings times the square root of the width, as in the original.',
  }),
  shareEncoderDecoderEmbeddings: boolean(true, {
    label: 'Shared embeddings',
    help: 'Source and target tokens have one table.',
  }),
  decoderStart: choice('end', decoderStarts, {
    label: 'Targets begin behind',
    help: 'The token that ends a text, or padding, as models from Marian folders do (decoder_start_token_id).',
  }),
  outputBias: boolean(false, {
    label: 'Output bias',
    help: 'A fixed number is added to the score of each token (final_logits_bias); the weights decide it, and nothing trains it.',
  }),
} as const satisfies Fields;

export type TransformerConfig = { modelType: 'transformer' } & Values<typeof transformerFields>;
