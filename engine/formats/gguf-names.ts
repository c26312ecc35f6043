// The names that llama.cpp gives to the tensors of a decoder, by those of transformers, and how their values are
// ordered. Reads nothing.
// Source: gguf-py/gguf/tensor_mapping.py and constants.py of llama.cpp.

import type { DecoderConfig } from '../config.ts';
import type { GgufLayout } from './gguf-layouts.ts';

/** A tensor in a GGUF file. */
export interface GgufPlace {
  readonly name: string;
  readonly layout: GgufLayout;
}

const gpt2Names: Readonly<Record<string, string>> = {
  'transformer.wte': 'token_embd',
  'transformer.wpe': 'position_embd',
  'transformer.ln_f': 'output_norm',
  lm_head: 'output',
};
const gpt2BlockNames: Readonly<Record<string, string>> = {
  ln_1: 'attn_norm',
  'attn.c_attn': 'attn_qkv',
  'attn.c_proj': 'attn_output',
  ln_2: 'ffn_norm',
  'mlp.c_fc': 'ffn_up',
  'mlp.c_proj': 'ffn_down',
};
const rotaryNames: Readonly<Record<string, string>> = {
  'model.embed_tokens': 'token_embd',
  'model.norm': 'output_norm',
  lm_head: 'output',
};
const rotaryBlockNames: Readonly<Record<string, string>> = {
  input_layernorm: 'attn_norm',
  'self_attn.q_proj': 'attn_q',
  'self_attn.k_proj': 'attn_k',
  'self_attn.v_proj': 'attn_v',
  'self_attn.o_proj': 'attn_output',
  'self_attn.q_norm': 'attn_q_norm',
  'self_attn.k_norm': 'attn_k_norm',
  post_attention_layernorm: 'ffn_norm',
  'mlp.gate_proj': 'ffn_gate',
  'mlp.up_proj': 'ffn_up',
  'mlp.down_proj': 'ffn_down',
};

const same: GgufLayout = { kind: 'same' };

/** Where a tensor of a decoder, by its name in transformers, lies in a GGUF file. */
export function ggufPlace(model: DecoderConfig, name: string): GgufPlace {
  const parts = /^(?:(transformer\.h|model\.layers)\.(\d+)\.)?(.+)\.(weight|bias)$/.exec(name);
  const [, block, layer, module = '', ending] = parts ?? [];
  const isGpt2 = model.modelType === 'gpt2';
  const names = isGpt2 ? gpt2Names : rotaryNames;
  const blockNames = isGpt2 ? gpt2BlockNames : rotaryBlockNames;
  const found = block === undefined ? names[module] : blockNames[module];
  if (found === undefined) throw new Error(`llama.cpp has no name for ${name}`);
  return {
    name: `${block === undefined ? '' : `blk.${layer}.`}${found}.${ending}`,
    layout: ending === 'weight' ? layoutOf(model, module) : same,
  };
}

function layoutOf(model: DecoderConfig, module: string): GgufLayout {
  if (model.modelType === 'gpt2') {
    return /\.c_(?:attn|proj|fc)$/.test(module) ? { kind: 'transposed' } : same;
  }
  // Qwen's forms rotate halves in llama.cpp too.
  if (model.modelType !== 'llama') return same;
  if (module === 'self_attn.q_proj') return { kind: 'rotated', heads: model.numAttentionHeads };
  return module === 'self_attn.k_proj' ? { kind: 'rotated', heads: model.numKeyValueHeads } : same;
}
