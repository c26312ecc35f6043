// The encoder-decoder form in files of its own: config.json in the words of PyTorch's nn.Transformer, and the state
// dict of the module in model.py, where queries, keys and values lie in one tensor. transformers has no class for it.

import type { TransformerConfig } from '../config.ts';
import type { HfFamily, StateDict, StateDictTensor } from './hf-family.ts';
import { transformerModelPy } from './hf-transformer-py.ts';

export const transformerFamily: HfFamily<TransformerConfig> = {
  architecture: 'Seq2SeqTransformer',
  keys: {
    vocabSize: 'vocab_size',
    hiddenSize: 'd_model',
    numHiddenLayers: 'num_encoder_layers',
    numDecoderLayers: 'num_decoder_layers',
    numAttentionHeads: 'nhead',
    intermediateSize: 'dim_feedforward',
    maxPositionEmbeddings: 'max_position_embeddings',
    hiddenAct: 'activation',
    dropout: 'dropout',
    attentionDropout: 'attention_dropout',
    activationDropout: 'activation_dropout',
    normFirst: 'norm_first',
    finalNorm: 'final_norm',
    layerNormEpsilon: 'layer_norm_eps',
    positionEmbeddingType: 'position_embedding_type',
    scaleEmbedding: 'scale_embedding',
    shareEncoderDecoderEmbeddings: 'share_encoder_decoder_embeddings',
    tieWordEmbeddings: 'tie_word_embeddings',
    decoderStart: 'decoder_start',
    outputBias: 'output_bias',
    initializerRange: 'initializer_range',
  },
  nested: () => ({}),
  requiredKeys: [
    'vocab_size',
    'd_model',
    'num_encoder_layers',
    'num_decoder_layers',
    'nhead',
    'dim_feedforward',
    'max_position_embeddings',
    'position_embedding_type',
    'scale_embedding',
    'share_encoder_decoder_embeddings',
    'tie_word_embeddings',
  ],
  // Those of nn.Transformer.
  defaults: (config) => ({
    activation: 'relu',
    dropout: 0.1,
    attention_dropout: config.get('dropout') ?? 0.1,
    activation_dropout: config.get('dropout') ?? 0.1,
    norm_first: false,
    final_norm: true,
    layer_norm_eps: 1e-5,
    decoder_start: 'end',
    output_bias: false,
    initializer_range: 0.02,
  }),
  fixed: { is_encoder_decoder: true },
  extra: () => ({}),
  checkJson: () => {},
  checkConfig: () => {},
  stateDict,
  prefix: '',
  unread: /^$/,
  modelPy: transformerModelPy,
};

function stateDict(config: TransformerConfig): StateDict {
  const { vocabSize: V, hiddenSize: C, intermediateSize: inner } = config;
  const tensors: StateDictTensor[] = [];
  const weight = (name: string, ...shape: number[]): void => {
    tensors.push({ name: `${name}.weight`, shape, isZeros: false });
  };
  const pair = (name: string, ...shape: number[]): void => {
    weight(name, ...shape);
    tensors.push({ name: `${name}.bias`, shape: shape.slice(0, 1), isZeros: false });
  };
  /** As nn.MultiheadAttention has them. */
  const attention = (name: string): void => {
    for (const [kind, ...shape] of [['weight', C, C] as const, ['bias', C] as const]) {
      const parts = ['q', 'k', 'v'].map((one) => ({ name: `${name}.${one}_proj.${kind}`, shape }));
      const whole = [3 * C, ...shape.slice(1)];
      tensors.push({ name: `${name}.in_proj_${kind}`, shape: whole, isZeros: false, parts });
    }
    pair(`${name}.out_proj`, C, C);
  };
  if (config.outputBias) {
    const name = 'final_logits_bias';
    tensors.push({ name, shape: [1, V], isZeros: false, parts: [{ name, shape: [V] }] });
  }
  for (const stack of ['encoder', 'decoder'] as const) {
    const isDecoder = stack === 'decoder';
    const layers = isDecoder ? config.numDecoderLayers : config.numHiddenLayers;
    for (let layer = 0; layer < layers; layer++) {
      const l = `transformer.${stack}.layers.${layer}`;
      attention(`${l}.self_attn`);
      if (isDecoder) attention(`${l}.multihead_attn`);
      pair(`${l}.linear1`, inner, C);
      pair(`${l}.linear2`, C, inner);
      for (const one of isDecoder ? [1, 2, 3] : [1, 2]) pair(`${l}.norm${one}`, C);
    }
    if (config.finalNorm) pair(`transformer.${stack}.norm`, C);
  }
  const aliases: { name: string; sameAs: string }[] = [];
  const shares = config.shareEncoderDecoderEmbeddings;
  weight('src_tok_emb', V, C);
  if (shares) aliases.push({ name: 'tgt_tok_emb.weight', sameAs: 'src_tok_emb.weight' });
  else weight('tgt_tok_emb', V, C);
  if (config.positionEmbeddingType === 'learned') {
    weight('src_pos_emb', config.maxPositionEmbeddings, C);
    weight('tgt_pos_emb', config.maxPositionEmbeddings, C);
  }
  if (config.tieWordEmbeddings) {
    aliases.push({ name: 'generator.weight', sameAs: `${shares ? 'src' : 'tgt'}_tok_emb.weight` });
  } else weight('generator', V, C);
  return { tensors, aliases };
}
