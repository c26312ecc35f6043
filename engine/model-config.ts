// The settings of every model form, with defaults, ranges and help, and what their numbers must satisfy together.
// Words are Hugging Face's, camelCased; disk formats translate in engine/formats.

import { z } from 'zod';
import { fieldsSchema, type Fields } from './fields.ts';
import { bertFields, type BertConfig } from './model-forms/bert.ts';
import { gpt2Fields, type Gpt2Config } from './model-forms/gpt2.ts';
import { llamaFields, qwenFields, type RotaryConfig } from './model-forms/rotary.ts';
import { t5Fields, type T5Config } from './model-forms/t5.ts';
import { transformerFields, type TransformerConfig } from './model-forms/transformer.ts';
import { refuseProblem, type SettingProblem } from './setting-problem.ts';

export * from './model-forms/bert.ts';
export * from './model-forms/gpt2.ts';
export * from './model-forms/rotary.ts';
export type { HiddenAct } from './model-forms/shared.ts';
export * from './model-forms/t5.ts';
export * from './model-forms/transformer.ts';

/** Forms that go on with a text. */
export type DecoderConfig = Gpt2Config | RotaryConfig;
/** Forms that read a text from both sides. */
export type EncoderConfig = BertConfig;
/** Forms that read one text and write another. */
export type EncoderDecoderConfig = TransformerConfig | T5Config;
export type ModelConfig = DecoderConfig | EncoderConfig | EncoderDecoderConfig;
export type ModelType = ModelConfig['modelType'];

/** The fields of each model form, by `modelType`. */
export const modelFields = {
  gpt2: gpt2Fields,
  llama: llamaFields,
  qwen2: qwenFields,
  qwen3: qwenFields,
  transformer: transformerFields,
  t5: t5Fields,
  bert: bertFields,
} as const satisfies Record<ModelType, Fields>;

export const modelTypes = Object.keys(modelFields) as ModelType[];

/** What a form is made of, which decides what it can be used for. */
export type Architecture = 'decoder' | 'encoder' | 'encoder-decoder';

/** What each form is made of. */
export const architectures: Readonly<Record<ModelType, Architecture>> = {
  gpt2: 'decoder',
  llama: 'decoder',
  qwen2: 'decoder',
  qwen3: 'decoder',
  transformer: 'encoder-decoder',
  t5: 'encoder-decoder',
  bert: 'encoder',
};

/** Whether a model goes on with a text. */
export function isDecoder(model: ModelConfig): model is DecoderConfig {
  return architectures[model.modelType] === 'decoder';
}

/** Whether a model reads one text and writes another. */
export function isEncoderDecoder(model: ModelConfig): model is EncoderDecoderConfig {
  return architectures[model.modelType] === 'encoder-decoder';
}

/** Whether a model reads a text from both sides. */
export function isEncoder(model: ModelConfig): model is EncoderConfig {
  return architectures[model.modelType] === 'encoder';
}

function formSchema(modelType: ModelType): z.ZodObject<{ modelType: z.ZodLiteral<ModelType> }> {
  const { shape } = fieldsSchema(modelFields[modelType] as Fields) as unknown as z.ZodObject;
  return z.strictObject({ modelType: z.literal(modelType), ...shape });
}

const [firstType, ...otherTypes] = modelTypes;
export const modelConfigSchema = z.discriminatedUnion('modelType', [
  formSchema(firstType!),
  ...otherTypes.map(formSchema),
]) as unknown as z.ZodType<ModelConfig>;

/** What contradicts what in the numbers of a model form; empty when all is well. */
export function modelProblems(model: ModelConfig): SettingProblem[] {
  const problems: SettingProblem[] = [];
  const add = (name: string, message: string, hint: string): void => {
    problems.push({ path: `model.${name}`, message, hint });
  };
  if (!('headDim' in model)) {
    if (model.hiddenSize % model.numAttentionHeads !== 0) {
      add(
        'hiddenSize',
        `hiddenSize ${model.hiddenSize} is not a multiple of numAttentionHeads ${model.numAttentionHeads}.`,
        'Choose a width that the heads divide.',
      );
    }
    return problems;
  }
  if (model.modelType === 't5') {
    const { relativeAttentionNumBuckets: buckets, relativeAttentionMaxDistance: distance } = model;
    if (distance <= Math.floor(buckets / 2)) {
      add(
        'relativeAttentionMaxDistance',
        `relativeAttentionMaxDistance ${distance} is not above half of relativeAttentionNumBuckets ${buckets}.`,
        'Choose a longest distance above half of the buckets: that many near distances have one each.',
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
