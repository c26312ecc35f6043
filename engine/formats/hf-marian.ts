// The encoder-decoder form in the files of transformers' MarianMTModel, which has norms after each part and none
// behind the stacks, sines before cosines and one table for source, target and head. Other settings are refused by
// name, both ways. Source: transformers, models/marian.

import type { TransformerConfig } from '../config.ts';
import type { TensorReader } from './bytes.ts';
import { refuseHf, type HfFamily, type StateDict, type StateDictTensor } from './hf-family.ts';
import type { JsonObject, JsonValue } from './strict-json.ts';

/** What Marian's class computes without a key of its own, or with one value that is supported. */
const nestedSettings = {
  normFirst: false,
  finalNorm: false,
  layerNormEpsilon: 1e-5,
  positionEmbeddingType: 'sinusoidal-halves',
  shareEncoderDecoderEmbeddings: true,
} as const satisfies Partial<TransformerConfig>;
const marianSettings: Partial<TransformerConfig> = { ...nestedSettings, tieWordEmbeddings: true };

/** Keys that must agree, because one setting of ours stands for both. */
const twins = [
  ['decoder_attention_heads', 'encoder_attention_heads'],
  ['decoder_ffn_dim', 'encoder_ffn_dim'],
  ['decoder_vocab_size', 'vocab_size'],
] as const;

type Nested = keyof typeof nestedSettings | 'decoderStart' | 'outputBias';

/** A bias of the logits that is no parameter: a buffer, which nothing trains. */
const biasName = 'final_logits_bias';

export const marianFamily: HfFamily<TransformerConfig, Nested> = {
  modelType: 'transformer',
  architecture: 'MarianMTModel',
  keys: {
    vocabSize: 'vocab_size',
    hiddenSize: 'd_model',
    numHiddenLayers: 'encoder_layers',
    numDecoderLayers: 'decoder_layers',
    numAttentionHeads: 'encoder_attention_heads',
    intermediateSize: 'encoder_ffn_dim',
    maxPositionEmbeddings: 'max_position_embeddings',
    hiddenAct: 'activation_function',
    dropout: 'dropout',
    attentionDropout: 'attention_dropout',
    activationDropout: 'activation_dropout',
    scaleEmbedding: 'scale_embedding',
    tieWordEmbeddings: 'tie_word_embeddings',
    initializerRange: 'init_std',
  },
  // Whether there is a bias of the logits only the weights tell.
  nested: (config) => ({ ...nestedSettings, decoderStart: decoderStart(config), outputBias: false }),
  requiredKeys: [
    'vocab_size',
    'd_model',
    'encoder_layers',
    'decoder_layers',
    'encoder_attention_heads',
    'encoder_ffn_dim',
    'max_position_embeddings',
  ],
  defaults,
  fixed: {
    share_encoder_decoder_embeddings: true,
    tie_word_embeddings: true,
    static_position_embeddings: true,
    normalize_before: false,
    normalize_embedding: false,
    add_final_layer_norm: false,
    is_encoder_decoder: true,
  },
  extra: (config) => ({
    decoder_attention_heads: String(config.numAttentionHeads),
    decoder_ffn_dim: String(config.intermediateSize),
    decoder_vocab_size: String(config.vocabSize),
    num_hidden_layers: String(config.numHiddenLayers),
    encoder_layerdrop: '0.0',
    decoder_layerdrop: '0.0',
    forced_eos_token_id: 'null',
  }),
  checkJson,
  checkConfig,
  completeConfig: async (config, weights) => ({ ...config, outputBias: await hasBias(weights) }),
  stateDict,
  prefix: '',
  unread: /^model\.(?:encoder|decoder)\.embed_positions\.weight$/,
  modelPy: () =>
    refuseHf(
      'export-setting-unsupported',
      'A Marian folder has no model.py.',
      'Export as pth for the model in plain PyTorch.',
    ),
};

function defaults(): Record<string, JsonValue> {
  return {
    activation_function: 'gelu',
    dropout: 0.1,
    attention_dropout: 0,
    activation_dropout: 0,
    scale_embedding: false,
    tie_word_embeddings: true,
    init_std: 0.02,
  };
}

/** Behind which token targets begin: MarianConfig's is padding where nothing else is said. */
function decoderStart(config: JsonObject): TransformerConfig['decoderStart'] {
  const id = config.get('decoder_start_token_id') ?? null;
  if (id === null || id === config.get('pad_token_id')) return 'padding';
  if (id === config.get('eos_token_id')) return 'end';
  return refuseHf(
    'hf-setting-unsupported',
    `config.json sets decoder_start_token_id to ${JSON.stringify(id)}; supported are pad_token_id and eos_token_id.`,
    'Choose a model whose targets begin behind padding or the token that ends a text.',
  );
}

async function hasBias(weights: TensorReader): Promise<boolean> {
  if (!weights.tensors.has(biasName)) return false;
  return (await weights.readF32(biasName)).some((value) => value !== 0);
}

function checkJson(config: JsonObject): void {
  for (const [decoder, encoder] of twins) {
    const value = config.get(decoder) ?? config.get(encoder);
    if (value === config.get(encoder)) continue;
    refuseHf(
      'hf-setting-unsupported',
      `config.json sets ${decoder} to ${JSON.stringify(value)}; only ${encoder}'s ${JSON.stringify(config.get(encoder))} is supported.`,
      'Choose a model whose encoder and decoder are alike.',
    );
  }
}

function checkConfig(config: TransformerConfig): void {
  const unfit = Object.entries(marianSettings).filter(
    ([name, value]) => config[name as keyof TransformerConfig] !== value,
  );
  if (unfit.length === 0) return;
  const list = unfit.map(
    ([name, value]) =>
      `${name} ${String(config[name as keyof TransformerConfig])} (Marian: ${String(value)})`,
  );
  refuseHf(
    'export-setting-unsupported',
    `A Marian folder cannot hold this model: ${list.join(', ')}.`,
    'Export as pth, which holds every setting, or train a model with Marian settings.',
  );
}

function stateDict(config: TransformerConfig): StateDict {
  const { vocabSize: V, hiddenSize: C, intermediateSize: inner } = config;
  const tensors: StateDictTensor[] = [
    {
      name: biasName,
      shape: [1, V],
      isZeros: !config.outputBias,
      ...(config.outputBias ? { parts: [{ name: biasName, shape: [V] }] } : {}),
    },
  ];
  const rename = (name: string, ours: string, shape: readonly number[]): void => {
    tensors.push({ name, shape, isZeros: false, parts: [{ name: ours, shape }] });
  };
  const pair = (name: string, ours: string, ...shape: number[]): void => {
    rename(`${name}.weight`, `${ours}.weight`, shape);
    rename(`${name}.bias`, `${ours}.bias`, shape.slice(0, 1));
  };
  const attention = (name: string, ours: string): void => {
    for (const one of ['k_proj', 'v_proj', 'q_proj', 'out_proj']) {
      pair(`${name}.${one}`, `${ours}.${one}`, C, C);
    }
  };
  rename('model.shared.weight', 'src_tok_emb.weight', [V, C]);
  for (const stack of ['encoder', 'decoder'] as const) {
    const isDecoder = stack === 'decoder';
    const layers = isDecoder ? config.numDecoderLayers : config.numHiddenLayers;
    for (let layer = 0; layer < layers; layer++) {
      const theirs = `model.${stack}.layers.${layer}`;
      const ours = `transformer.${stack}.layers.${layer}`;
      attention(`${theirs}.self_attn`, `${ours}.self_attn`);
      pair(`${theirs}.self_attn_layer_norm`, `${ours}.norm1`, C);
      if (isDecoder) {
        attention(`${theirs}.encoder_attn`, `${ours}.multihead_attn`);
        pair(`${theirs}.encoder_attn_layer_norm`, `${ours}.norm2`, C);
      }
      pair(`${theirs}.fc1`, `${ours}.linear1`, inner, C);
      pair(`${theirs}.fc2`, `${ours}.linear2`, C, inner);
      pair(`${theirs}.final_layer_norm`, `${ours}.${isDecoder ? 'norm3' : 'norm2'}`, C);
    }
  }
  const shared = ['model.encoder.embed_tokens.weight', 'model.decoder.embed_tokens.weight', 'lm_head.weight'];
  return { tensors, aliases: shared.map((name) => ({ name, sameAs: 'model.shared.weight' })) };
}
