// The model forms that Hugging Face files can be read and written for. A new form adds its line here.

import type { ModelConfig, ModelType } from '../config.ts';
import type { HfFamily } from './hf-family.ts';
import { gpt2Family } from './hf-gpt2.ts';
import { llamaFamily } from './hf-llama.ts';
import { qwen2Family, qwen3Family } from './hf-qwen.ts';

/** What is known of each form, by the `model_type` that its config.json carries. */
export const hfFamilies: ReadonlyMap<string, HfFamily<ModelConfig>> = new Map(
  Object.entries({
    gpt2: gpt2Family,
    llama: llamaFamily,
    qwen2: qwen2Family,
    qwen3: qwen3Family,
  } satisfies Record<ModelType, unknown>),
);

/** The family of a config. */
export function hfFamilyOf(config: ModelConfig): HfFamily<ModelConfig> {
  return hfFamilies.get(config.modelType)!;
}
