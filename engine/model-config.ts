// The settings of every model form, with defaults, ranges and help, and what their numbers must satisfy together.
// Words are Hugging Face's, camelCased; disk formats translate in engine/formats.

import { z } from 'zod';
import {
  boolean,
  choice,
  fieldsSchema,
  integer,
  number,
  type Field,
  type Fields,
  type Values,
} from './fields.ts';
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

/** Ways to stretch rotary positions, by Hugging Face's `rope_type`. */
const ropeTypes = ['default', 'linear', 'llama3'] as const;

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

const qwenPreferences = {
  rmsNormEps: withDefault(llamaFields.rmsNormEps, 1e-6),
  ropeTheta: withDefault(llamaFields.ropeTheta, 1_000_000),
} as const satisfies Fields;

/** The Qwen2 form: the Llama form with biases where queries, keys and values are made. */
export const qwen2Fields = { ...llamaFields, ...qwenPreferences } as const satisfies Fields;

/** The Qwen3 form: the Llama form with an RMS norm of each head of the queries and keys. */
export const qwen3Fields = { ...llamaFields, ...qwenPreferences } as const satisfies Fields;

export type Gpt2Config = { modelType: 'gpt2' } & Values<typeof gpt2Fields>;
export type LlamaConfig = { modelType: 'llama' } & Values<typeof llamaFields>;
export type Qwen2Config = { modelType: 'qwen2' } & Values<typeof qwen2Fields>;
export type Qwen3Config = { modelType: 'qwen3' } & Values<typeof qwen3Fields>;
/** The forms with rotary positions; one description computes them all. */
export type RotaryConfig = LlamaConfig | Qwen2Config | Qwen3Config;
export type ModelConfig = Gpt2Config | RotaryConfig;
export type ModelType = ModelConfig['modelType'];
export type HiddenAct = (typeof activations)[number];

/** The fields of each model form, by `modelType`. */
export const modelFields = {
  gpt2: gpt2Fields,
  llama: llamaFields,
  qwen2: qwen2Fields,
  qwen3: qwen3Fields,
} as const;

function formSchema(modelType: ModelType): z.ZodObject<{ modelType: z.ZodLiteral<ModelType> }> {
  const { shape } = fieldsSchema(modelFields[modelType] as Fields) as unknown as z.ZodObject;
  return z.strictObject({ modelType: z.literal(modelType), ...shape });
}

export const modelConfigSchema = z.discriminatedUnion('modelType', [
  formSchema('gpt2'),
  formSchema('llama'),
  formSchema('qwen2'),
  formSchema('qwen3'),
]) as unknown as z.ZodType<ModelConfig>;

/** What contradicts what in the numbers of a model form; empty when all is well. */
export function modelProblems(model: ModelConfig): SettingProblem[] {
  const problems: SettingProblem[] = [];
  const add = (name: string, message: string, hint: string): void => {
    problems.push({ path: `model.${name}`, message, hint });
  };
  if (model.modelType === 'gpt2') {
    if (model.hiddenSize % model.numAttentionHeads !== 0) {
      add(
        'hiddenSize',
        `hiddenSize ${model.hiddenSize} is not a multiple of numAttentionHeads ${model.numAttentionHeads}.`,
        'Choose a width that the heads divide.',
      );
    }
    return problems;
  }
  if (model.numAttentionHeads % model.numKeyValueHeads !== 0) {
    add(
      'numKeyValueHeads',
      `numAttentionHeads ${model.numAttentionHeads} is not a multiple of numKeyValueHeads ${model.numKeyValueHeads}.`,
      'Choose key and value heads that divide the heads.',
    );
  }
  if (model.headDim % 2 !== 0) {
    add(
      'headDim',
      `headDim ${model.headDim} is odd; rotary positions turn pairs.`,
      'Choose an even head size.',
    );
  }
  if (model.ropeType === 'llama3' && model.ropeHighFreqFactor <= model.ropeLowFreqFactor) {
    add(
      'ropeHighFreqFactor',
      `ropeHighFreqFactor ${model.ropeHighFreqFactor} is not above ropeLowFreqFactor ${model.ropeLowFreqFactor}.`,
      'Choose a high frequency above the low one; Llama 3 has 4 and 1.',
    );
  }
  return problems;
}

/** Refuses a model form whose numbers contradict each other, with code `settings-invalid`. */
export function checkModelConfig(model: ModelConfig): void {
  refuseProblem(modelProblems(model));
}
