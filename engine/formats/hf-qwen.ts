// The Qwen2 and Qwen3 forms in Hugging Face files: the Llama form with biases of queries, keys and values, or with
// a norm of each of their heads. Sliding windows are refused. Source: transformers, models/qwen2, models/qwen3.

import type { Qwen2Config, Qwen3Config } from '../config.ts';
import { refuseHf, type HfFamily } from './hf-family.ts';
import type { RopeSetting } from './hf-rope.ts';
import { rotaryFamily } from './hf-rotary.ts';
import type { JsonObject, JsonValue } from './strict-json.ts';

export const qwen2Family: HfFamily<Qwen2Config, RopeSetting> = {
  ...rotaryFamily,
  architecture: 'Qwen2ForCausalLM',
  defaults: (config) => ({ ...rotaryFamily.defaults(config), ...keyValueHeads(config) }),
  fixed: { use_sliding_window: false },
  checkJson: refuseSlidingLayers,
  checkConfig: () => {},
};

export const qwen3Family: HfFamily<Qwen3Config, RopeSetting> = {
  ...rotaryFamily,
  architecture: 'Qwen3ForCausalLM',
  defaults: (config) => ({ ...rotaryFamily.defaults(config), ...keyValueHeads(config), head_dim: 128 }),
  fixed: { attention_bias: false, use_sliding_window: false },
  checkJson: refuseSlidingLayers,
  checkConfig: () => {},
};

/** Qwen's classes have 32 where the key is left out, and as many as heads where it is null. */
function keyValueHeads(config: JsonObject): Record<string, JsonValue> {
  return config.has('num_key_value_heads') ? {} : { num_key_value_heads: 32 };
}

function refuseSlidingLayers(config: JsonObject): void {
  const layers = config.get('layer_types') ?? [];
  const other = Array.isArray(layers) ? layers.find((type) => type !== 'full_attention') : layers;
  if (other === undefined) return;
  refuseHf(
    'hf-setting-unsupported',
    `config.json has layer_types with ${JSON.stringify(other).slice(0, 100)}; only "full_attention" is supported.`,
    'Choose a model whose layers all attend to the whole text.',
  );
}
