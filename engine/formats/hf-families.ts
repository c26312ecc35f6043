// The model forms that Hugging Face files can be read and written for. A new form adds its line here.

import type { ModelConfig, ModelType } from '../config.ts';
import type { HfFamily } from './hf-family.ts';
import { bertFamily } from './hf-bert.ts';
import { gpt2Family } from './hf-gpt2.ts';
import { llamaFamily } from './hf-llama.ts';
import { marianFamily } from './hf-marian.ts';
import { qwen2Family, qwen3Family } from './hf-qwen.ts';
import { t5Family } from './hf-t5.ts';
import { transformerFamily } from './hf-transformer.ts';

/** The `model_type` of a config.json; a model form may be written under more than one. */
export type HfForm = ModelType | 'marian';

/** What is known of each form, by the `model_type` that its config.json carries. */
export const hfFamilies: ReadonlyMap<string, HfFamily<ModelConfig>> = new Map(
  Object.entries({
    gpt2: gpt2Family,
    llama: llamaFamily,
    qwen2: qwen2Family,
    qwen3: qwen3Family,
    transformer: transformerFamily,
    t5: t5Family,
    bert: bertFamily,
    marian: marianFamily,
  } satisfies Partial<Record<HfForm, unknown>>),
);

/** The family of a config, in its own form of files unless another is named. */
export function hfFamilyOf(config: ModelConfig, form: HfForm = config.modelType): HfFamily<ModelConfig> {
  return hfFamilies.get(form)!;
}
