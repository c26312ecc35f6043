// The settings of every model form, with defaults, ranges and help, and what their numbers must satisfy together.
// Words are Hugging Face's, camelCased; disk formats translate in engine/formats.

import { z } from 'zod';
import { boolean, choice, fieldsSchema, integer, number, type Fields, type Values } from './fields.ts';
import { refuseProblem, type SettingProblem } from './setting-problem.ts';

const sharedModelFields = {
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

const activations = ['gelu', 'gelu_new', 'relu', 'silu'] as const;

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
  attentionDropout: number(0, 0, 0.95, {
    label: 'Attention dropout',
    help: 'Share of attention weights set to zero at random while training.',
  }),
} as const satisfies Fields;

export type Gpt2Config = { modelType: 'gpt2' } & Values<typeof gpt2Fields>;
export type LlamaConfig = { modelType: 'llama' } & Values<typeof llamaFields>;
export type ModelConfig = Gpt2Config | LlamaConfig;
export type ModelType = ModelConfig['modelType'];
export type HiddenAct = (typeof activations)[number];

/** The fields of each model form, by `modelType`. */
export const modelFields = { gpt2: gpt2Fields, llama: llamaFields } as const;

export const modelConfigSchema = z.discriminatedUnion('modelType', [
  z.strictObject({
    modelType: z.literal('gpt2'),
    ...(fieldsSchema(gpt2Fields) as unknown as z.ZodObject).shape,
  }),
  z.strictObject({
    modelType: z.literal('llama'),
    ...(fieldsSchema(llamaFields) as unknown as z.ZodObject).shape,
  }),
]) as unknown as z.ZodType<ModelConfig>;

/** What contradicts what in the numbers of a model form; empty when all is well. */
export function modelProblems(model: ModelConfig): SettingProblem[] {
  const problems: SettingProblem[] = [];
  const add = (name: string, message: string, hint: string): void => {
    problems.push({ path: `model.${name}`, message, hint });
  };
  if (model.modelType === 'gpt2' && model.hiddenSize % model.numAttentionHeads !== 0) {
    add(
      'hiddenSize',
      `hiddenSize ${model.hiddenSize} is not a multiple of numAttentionHeads ${model.numAttentionHeads}.`,
      'Choose a width that the heads divide.',
    );
  }
  if (model.modelType === 'llama' && model.numAttentionHeads % model.numKeyValueHeads !== 0) {
    add(
      'numKeyValueHeads',
      `numAttentionHeads ${model.numAttentionHeads} is not a multiple of numKeyValueHeads ${model.numKeyValueHeads}.`,
      'Choose key and value heads that divide the heads.',
    );
  }
  if (model.modelType === 'llama' && model.headDim % 2 !== 0) {
    add(
      'headDim',
      `headDim ${model.headDim} is odd; rotary positions turn pairs.`,
      'Choose an even head size.',
    );
  }
  return problems;
}

/** Refuses a model form whose numbers contradict each other, with code `settings-invalid`. */
export function checkModelConfig(model: ModelConfig): void {
  refuseProblem(modelProblems(model));
}
