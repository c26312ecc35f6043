// A model's settings as the keys of a GGUF file, and such keys as the config.json that they stand for. What
// llama.cpp would compute otherwise, or this engine would, is refused by name. Touches no weights.
// Source: convert_hf_to_gguf.py and llama-arch.cpp of llama.cpp.

import { isDecoder, type DecoderConfig, type ModelConfig } from '../config.ts';
import { EngineError } from '../errors.ts';
import {
  boolKey,
  floatValue,
  naturalKey,
  naturalValue,
  numberKey,
  required,
  textKey,
  textValue,
} from './gguf-keys.ts';
import { ropeKeys, ropeScalingOf } from './gguf-rope.ts';
import type { GgufKeys, GgufValue } from './gguf-types.ts';

/** The architectures that are read and written, by the name that llama.cpp and this engine both give them. */
const architectures: readonly string[] = ['gpt2', 'llama', 'qwen2', 'qwen3'];

/** Throws `export-model-unsupported`, `export-setting-unsupported` for models that llama.cpp would not compute. */
export function requireGgufModel(model: ModelConfig): asserts model is DecoderConfig {
  if (!isDecoder(model)) {
    throw new EngineError(
      'export-model-unsupported',
      `A GGUF file is written of models that go on with a text; ${model.modelType} is none: ${architectures.join(', ')} are.`,
      { hint: 'Export as huggingface or pth.' },
    );
  }
  const expected = model.modelType === 'gpt2' ? 'gelu_new' : 'silu';
  if (model.hiddenAct === expected) return;
  throw new EngineError(
    'export-setting-unsupported',
    `llama.cpp computes a ${model.modelType} model with the activation ${expected}; this one has ${model.hiddenAct}.`,
    { hint: `Export as huggingface or pth, or train with ${expected}.` },
  );
}

/** The keys that describe a model's form. */
export function ggufConfigKeys(model: DecoderConfig): [string, GgufValue][] {
  const { modelType: form } = model;
  const keys: [string, GgufValue][] = [
    ['general.architecture', textValue(form)],
    [`${form}.vocab_size`, naturalValue(model.vocabSize)],
    [`${form}.context_length`, naturalValue(model.maxPositionEmbeddings)],
    [`${form}.embedding_length`, naturalValue(model.hiddenSize)],
    [`${form}.block_count`, naturalValue(model.numHiddenLayers)],
    [`${form}.feed_forward_length`, naturalValue(model.intermediateSize)],
    [`${form}.attention.head_count`, naturalValue(model.numAttentionHeads)],
  ];
  if (model.modelType === 'gpt2') {
    keys.push([`${form}.attention.layer_norm_epsilon`, floatValue(model.layerNormEpsilon)]);
    return keys;
  }
  keys.push([`${form}.attention.head_count_kv`, naturalValue(model.numKeyValueHeads)]);
  keys.push([`${form}.attention.key_length`, naturalValue(model.headDim)]);
  keys.push([`${form}.attention.value_length`, naturalValue(model.headDim)]);
  keys.push([`${form}.attention.layer_norm_rms_epsilon`, floatValue(model.rmsNormEps)]);
  return [...keys, ...ropeKeys(model)];
}

/** What of a file's tensors decides its settings. */
export interface GgufShapeFacts {
  readonly vocabSize: number;
  readonly tieWordEmbeddings: boolean;
  /** What Llama 3 divides its rotary frequencies by; null where it is not there. */
  readonly ropeFactors: Float32Array | null;
}

/** The architecture of a file; throws `gguf-architecture-unsupported`, `gguf-setting-unsupported`. */
export function ggufArchitecture(keys: GgufKeys): string {
  const form = required(textKey(keys, 'general.architecture'), 'general.architecture');
  if (architectures.includes(form)) {
    refuseUnsupported(keys, form);
    return form;
  }
  throw new EngineError(
    'gguf-architecture-unsupported',
    `The file holds a model of the architecture "${form.slice(0, 100)}"; read are ${architectures.join(', ')}.`,
    { hint: 'Choose a model of one of these architectures.' },
  );
}

/** The config.json that the keys of a file stand for, without its token ids; throws `gguf-…`. */
export function ggufConfig(keys: GgufKeys, form: string, facts: GgufShapeFacts): Record<string, unknown> {
  const key = (name: string): string => `${form}.${name}`;
  const natural = (name: string): number => required(naturalKey(keys, key(name)), key(name));
  const float = (name: string): number => required(numberKey(keys, key(name)), key(name));
  const [width, heads, inner] = ['embedding_length', 'attention.head_count', 'feed_forward_length'].map(
    natural,
  );
  const [layers, context] = ['block_count', 'context_length'].map(natural);
  const common = {
    model_type: form,
    vocab_size: facts.vocabSize,
    tie_word_embeddings: facts.tieWordEmbeddings,
  };
  if (form === 'gpt2') {
    return {
      ...common,
      n_embd: width,
      n_head: heads,
      n_inner: inner,
      n_layer: layers,
      n_positions: context,
      activation_function: 'gelu_new',
      layer_norm_epsilon: float('attention.layer_norm_epsilon'),
      // A file says nothing of dropout, and config.json means 0.1 where it says nothing.
      embd_pdrop: 0,
      resid_pdrop: 0,
      attn_pdrop: 0,
    };
  }
  const headDim = naturalKey(keys, key('attention.key_length')) ?? width! / heads!;
  requireSame(keys, key('attention.value_length'), headDim);
  requireSame(keys, key('rope.dimension_count'), headDim);
  const ropeTheta = numberKey(keys, key('rope.freq_base')) ?? 10_000;
  return {
    ...common,
    hidden_size: width,
    num_attention_heads: heads,
    num_key_value_heads: naturalKey(keys, key('attention.head_count_kv')) ?? heads,
    head_dim: headDim,
    intermediate_size: inner,
    num_hidden_layers: layers,
    max_position_embeddings: context,
    hidden_act: 'silu',
    rms_norm_eps: float('attention.layer_norm_rms_epsilon'),
    rope_theta: ropeTheta,
    rope_scaling: ropeScalingOf(keys, { form, ropeTheta, headDim }, facts.ropeFactors),
  };
}

function requireSame(keys: GgufKeys, name: string, headDim: number): void {
  const value = naturalKey(keys, name) ?? headDim;
  if (value !== headDim) refuseSetting(name, value, `the head size, ${headDim}`);
}

function refuseUnsupported(keys: GgufKeys, form: string): void {
  const parts = naturalKey(keys, 'split.count') ?? 1;
  if (parts > 1) {
    throw new EngineError(
      'gguf-split',
      `The file is one of ${parts} that a model was split into; models in one file are read.`,
      { hint: 'Put the parts together with llama-gguf-split --merge of llama.cpp.' },
    );
  }
  const experts = naturalKey(keys, `${form}.expert_count`) ?? 0;
  if (experts > 0) refuseSetting(`${form}.expert_count`, experts, '0');
  if (boolKey(keys, `${form}.attention.causal`) === false) {
    refuseSetting(`${form}.attention.causal`, false, 'true');
  }
  const window = naturalKey(keys, `${form}.attention.sliding_window`) ?? 0;
  if (window > 0 && window < (naturalKey(keys, `${form}.context_length`) ?? 0)) {
    refuseSetting(`${form}.attention.sliding_window`, window, 'none');
  }
}

function refuseSetting(name: string, value: number | boolean, supported: string): never {
  throw new EngineError(
    'gguf-setting-unsupported',
    `The file sets ${name} to ${value}; supported is ${supported}.`,
    { hint: 'Choose a model without this setting.' },
  );
}
