// What the Llama, Qwen2 and Qwen3 forms have in common in Hugging Face files: keys, defaults, state dict. Their
// few differences are switched here by form; what each refuses is in its own file.
// Source: transformers, models/llama, models/qwen2, models/qwen3.

import type { RotaryConfig } from '../config.ts';
import type { StateDict, StateDictTensor } from './hf-family.ts';
import { readRope, ropeMembers } from './hf-rope.ts';
import { rotaryModelPy } from './hf-rotary-py.ts';
import type { JsonObject, JsonValue } from './strict-json.ts';

/** The part of an `HfFamily` that forms with rotary positions share. */
export const rotaryFamily = {
  keys: {
    vocabSize: 'vocab_size',
    hiddenSize: 'hidden_size',
    numHiddenLayers: 'num_hidden_layers',
    numAttentionHeads: 'num_attention_heads',
    numKeyValueHeads: 'num_key_value_heads',
    headDim: 'head_dim',
    intermediateSize: 'intermediate_size',
    maxPositionEmbeddings: 'max_position_embeddings',
    hiddenAct: 'hidden_act',
    rmsNormEps: 'rms_norm_eps',
    attentionDropout: 'attention_dropout',
    tieWordEmbeddings: 'tie_word_embeddings',
    initializerRange: 'initializer_range',
  },
  nested: readRope,
  requiredKeys: [
    'vocab_size',
    'hidden_size',
    'intermediate_size',
    'num_hidden_layers',
    'num_attention_heads',
    'max_position_embeddings',
  ],
  defaults,
  extra: ropeMembers,
  stateDict,
  prefix: 'model.',
  unread: /\.rotary_emb\.inv_freq$/,
  modelPy: rotaryModelPy,
};

function defaults(config: JsonObject): Record<string, JsonValue> {
  return {
    num_key_value_heads: config.get('num_attention_heads') ?? null,
    head_dim: Math.floor(Number(config.get('hidden_size')) / Number(config.get('num_attention_heads'))),
    hidden_act: 'silu',
    rms_norm_eps: 1e-6,
    attention_dropout: 0,
    tie_word_embeddings: false,
    initializer_range: 0.02,
  };
}

function stateDict(config: RotaryConfig): StateDict {
  const { vocabSize: V, hiddenSize: C, intermediateSize: inner, headDim: HS } = config;
  const [NH, NKV] = [config.numAttentionHeads, config.numKeyValueHeads];
  const tensors: StateDictTensor[] = [];
  const weight = (name: string, ...shape: number[]): void => {
    tensors.push({ name: `${name}.weight`, shape, isZeros: false });
  };
  const projection = (name: string, rows: number): void => {
    weight(name, rows, C);
    if (config.modelType === 'qwen2') tensors.push({ name: `${name}.bias`, shape: [rows], isZeros: false });
  };
  weight('model.embed_tokens', V, C);
  for (let layer = 0; layer < config.numHiddenLayers; layer++) {
    const block = `model.layers.${layer}`;
    projection(`${block}.self_attn.q_proj`, NH * HS);
    projection(`${block}.self_attn.k_proj`, NKV * HS);
    projection(`${block}.self_attn.v_proj`, NKV * HS);
    weight(`${block}.self_attn.o_proj`, C, NH * HS);
    if (config.modelType === 'qwen3') {
      weight(`${block}.self_attn.q_norm`, HS);
      weight(`${block}.self_attn.k_norm`, HS);
    }
    weight(`${block}.mlp.gate_proj`, inner, C);
    weight(`${block}.mlp.up_proj`, inner, C);
    weight(`${block}.mlp.down_proj`, C, inner);
    weight(`${block}.input_layernorm`, C);
    weight(`${block}.post_attention_layernorm`, C);
  }
  weight('model.norm', C);
  if (config.tieWordEmbeddings) {
    return { tensors, aliases: [{ name: 'lm_head.weight', sameAs: 'model.embed_tokens.weight' }] };
  }
  weight('lm_head', V, C);
  return { tensors, aliases: [] };
}
