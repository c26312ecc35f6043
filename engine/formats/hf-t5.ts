// The T5 form in Hugging Face files, the first T5 and 1.1. One key says activation and gate; a head of its own and
// unscaled states go together, as in all published models. Source: transformers, models/t5.

import type { T5Config } from '../config.ts';
import { refuseHf, type HfFamily, type StateDict, type StateDictTensor } from './hf-family.ts';
import { t5ModelPy } from './hf-t5-py.ts';
import type { JsonObject, JsonValue } from './strict-json.ts';

const embedding = 'shared.weight';
const head = 'lm_head.weight';

export const t5Family: HfFamily<T5Config> = {
  architecture: 'T5ForConditionalGeneration',
  keys: {
    vocabSize: 'vocab_size',
    hiddenSize: 'd_model',
    numHiddenLayers: 'num_layers',
    numDecoderLayers: 'num_decoder_layers',
    numAttentionHeads: 'num_heads',
    headDim: 'd_kv',
    intermediateSize: 'd_ff',
    maxPositionEmbeddings: 'n_positions',
    relativeAttentionNumBuckets: 'relative_attention_num_buckets',
    relativeAttentionMaxDistance: 'relative_attention_max_distance',
    initializerFactor: 'initializer_factor',
    layerNormEpsilon: 'layer_norm_epsilon',
    dropoutRate: 'dropout_rate',
    hiddenAct: 'dense_act_fn',
    isGatedAct: 'is_gated_act',
    // transformers up to 4 reads tie_word_embeddings for this too.
    tieWordEmbeddings: 'scale_decoder_outputs',
  },
  nested: () => ({}),
  requiredKeys: ['vocab_size', 'd_model', 'd_kv', 'd_ff', 'num_layers', 'num_heads'],
  defaults: (config) => ({
    num_decoder_layers: config.get('num_layers') ?? null,
    n_positions: 512,
    relative_attention_num_buckets: 32,
    relative_attention_max_distance: 128,
    initializer_factor: 1,
    layer_norm_epsilon: 1e-6,
    dropout_rate: 0.1,
    ...feedForwardOf(config),
    scale_decoder_outputs: config.get('tie_word_embeddings') ?? true,
  }),
  fixed: { is_encoder_decoder: true, is_decoder: false },
  extra: (config) => ({
    feed_forward_proj: JSON.stringify(feedForwardWord(config)),
    tie_word_embeddings: String(config.tieWordEmbeddings),
  }),
  checkJson,
  checkConfig,
  stateDict,
  prefix: '',
  // A table that the first T5's files hold and that nothing has ever read.
  unread: /^decoder\.block\.0\.layer\.1\.EncDecAttention\.relative_attention_bias\.weight$/,
  // Where transformers 5 began a model of form 1.1, the head is the embeddings and not saved.
  olderName: (name) => (name === head ? embedding : name),
  modelPy: t5ModelPy,
};

/** `relu`, `gelu_new` and so on, or `gated-silu` and so on; `gated-gelu` has always meant gelu_new. */
function feedForwardWord({ hiddenAct, isGatedAct }: T5Config): string {
  if (!isGatedAct) return hiddenAct;
  return hiddenAct === 'gelu_new' ? 'gated-gelu' : `gated-${hiddenAct}`;
}

function feedForwardOf(config: JsonObject): { dense_act_fn: string; is_gated_act: boolean } {
  const word = config.get('feed_forward_proj') ?? 'relu';
  const [, gate, name] = /^(gated-)?([^-]+)$/.exec(String(word)) ?? refuseFeedForward(word);
  return { dense_act_fn: word === 'gated-gelu' ? 'gelu_new' : name!, is_gated_act: gate !== undefined };
}

function refuseFeedForward(word: JsonValue): never {
  return refuseHf(
    'hf-setting-unsupported',
    `config.json sets feed_forward_proj to ${quote(word)}; an activation, or gated- and an activation, was expected.`,
    'Choose a model that transformers opens as T5.',
  );
}

function checkJson(config: JsonObject): void {
  for (const [key, meant] of Object.entries(feedForwardOf(config))) {
    const stated = config.get(key) ?? meant;
    if (stated === meant) continue;
    const word = config.get('feed_forward_proj') ?? 'relu';
    refuseHf(
      'hf-config-invalid',
      `config.json gives feed_forward_proj as ${quote(word)} and ${key} as ${quote(stated)}.`,
      'Keep the one that the model was trained with.',
    );
  }
  if (config.get('tie_word_embeddings') !== false || config.get('scale_decoder_outputs') !== true) return;
  refuseHf(
    'hf-setting-unsupported',
    'config.json scales what a head of its own reads (scale_decoder_outputs without tie_word_embeddings).',
    'Choose a model with the one or the other.',
  );
}

function quote(value: JsonValue): string {
  return JSON.stringify(value).slice(0, 100);
}

function checkConfig({ hiddenAct, isGatedAct }: T5Config): void {
  if (!isGatedAct || hiddenAct !== 'gelu') return;
  refuseHf(
    'hf-activation-unsupported',
    'transformers has no word for a T5 whose gate is the exact gelu; it reads gated-gelu as gelu_new.',
    'Export as a PyTorch state dict, or train with gelu_new.',
  );
}

function stateDict(config: T5Config): StateDict {
  const { vocabSize: V, hiddenSize: C, intermediateSize: inner, numAttentionHeads: NH } = config;
  const heads = NH * config.headDim;
  const tensors: StateDictTensor[] = [];
  const weight = (name: string, ...shape: number[]): void => {
    tensors.push({ name: `${name}.weight`, shape, isZeros: false });
  };
  const attention = (layer: string, name: string, hasTable: boolean): void => {
    for (const one of ['q', 'k', 'v']) weight(`${layer}.${name}.${one}`, heads, C);
    weight(`${layer}.${name}.o`, C, heads);
    if (hasTable) weight(`${layer}.${name}.relative_attention_bias`, config.relativeAttentionNumBuckets, NH);
    weight(`${layer}.layer_norm`, C);
  };
  const dense = (layer: string): void => {
    for (const one of config.isGatedAct ? ['wi_0', 'wi_1'] : ['wi'])
      weight(`${layer}.DenseReluDense.${one}`, inner, C);
    weight(`${layer}.DenseReluDense.wo`, C, inner);
    weight(`${layer}.layer_norm`, C);
  };
  weight('shared', V, C);
  for (let i = 0; i < config.numHiddenLayers; i++) {
    attention(`encoder.block.${i}.layer.0`, 'SelfAttention', i === 0);
    dense(`encoder.block.${i}.layer.1`);
  }
  weight('encoder.final_layer_norm', C);
  for (let i = 0; i < config.numDecoderLayers; i++) {
    attention(`decoder.block.${i}.layer.0`, 'SelfAttention', i === 0);
    attention(`decoder.block.${i}.layer.1`, 'EncDecAttention', false);
    dense(`decoder.block.${i}.layer.2`);
  }
  weight('decoder.final_layer_norm', C);
  const shared = ['encoder.embed_tokens.weight', 'decoder.embed_tokens.weight'];
  if (config.tieWordEmbeddings) shared.push(head);
  else weight('lm_head', V, C);
  return { tensors, aliases: shared.map((name) => ({ name, sameAs: embedding })) };
}
