// The GPT-2 form in Hugging Face files. Its matrices are stored as (in, out), its class always has biases:
// a model trained without them is written with zeros, and `use_bias: false` says so to whoever reads it back.
// Source: transformers, models/gpt2.

import type { Gpt2Config } from '../config.ts';
import type { HfFamily, StateDict, StateDictTensor } from './hf-family.ts';
import { pythonActivations } from './hf-family.ts';
import type { JsonObject, JsonValue } from './strict-json.ts';

export const gpt2Family: HfFamily<Gpt2Config> = {
  architecture: 'GPT2LMHeadModel',
  keys: {
    vocabSize: 'vocab_size',
    hiddenSize: 'n_embd',
    numHiddenLayers: 'n_layer',
    numAttentionHeads: 'n_head',
    intermediateSize: 'n_inner',
    maxPositionEmbeddings: 'n_positions',
    hiddenAct: 'activation_function',
    useBias: 'use_bias',
    layerNormEpsilon: 'layer_norm_epsilon',
    embdPdrop: 'embd_pdrop',
    residPdrop: 'resid_pdrop',
    attnPdrop: 'attn_pdrop',
    tieWordEmbeddings: 'tie_word_embeddings',
    initializerRange: 'initializer_range',
  },
  nested: () => ({}),
  requiredKeys: ['vocab_size', 'n_embd', 'n_layer', 'n_head', 'n_positions'],
  defaults,
  fixed: {
    scale_attn_weights: true,
    scale_attn_by_inverse_layer_idx: false,
    add_cross_attention: false,
  },
  extra: (config) => ({
    n_ctx: String(config.maxPositionEmbeddings),
    reorder_and_upcast_attn: 'false',
  }),
  checkJson: () => {},
  checkConfig: () => {},
  stateDict,
  prefix: 'transformer.',
  unread: /^(?:transformer\.)?h\.\d+\.attn\.(?:bias|masked_bias)$/,
  modelPy,
};

function defaults(config: JsonObject): Record<string, JsonValue> {
  return {
    n_inner: 4 * Number(config.get('n_embd')),
    activation_function: 'gelu_new',
    use_bias: true,
    layer_norm_epsilon: 1e-5,
    embd_pdrop: 0.1,
    resid_pdrop: 0.1,
    attn_pdrop: 0.1,
    tie_word_embeddings: true,
    initializer_range: 0.02,
  };
}

function stateDict(config: Gpt2Config): StateDict {
  const { vocabSize: V, hiddenSize: C, intermediateSize: inner } = config;
  const tensors: StateDictTensor[] = [];
  const weight = (name: string, ...shape: number[]): void => {
    tensors.push({ name: `${name}.weight`, shape, isZeros: false });
  };
  const weightAndBias = (name: string, ...shape: number[]): void => {
    weight(name, ...shape);
    tensors.push({ name: `${name}.bias`, shape: shape.slice(-1), isZeros: !config.useBias });
  };
  weight('transformer.wte', V, C);
  weight('transformer.wpe', config.maxPositionEmbeddings, C);
  for (let layer = 0; layer < config.numHiddenLayers; layer++) {
    const block = `transformer.h.${layer}`;
    weightAndBias(`${block}.ln_1`, C);
    weightAndBias(`${block}.attn.c_attn`, C, 3 * C);
    weightAndBias(`${block}.attn.c_proj`, C, C);
    weightAndBias(`${block}.ln_2`, C);
    weightAndBias(`${block}.mlp.c_fc`, C, inner);
    weightAndBias(`${block}.mlp.c_proj`, inner, C);
  }
  weightAndBias('transformer.ln_f', C);
  if (config.tieWordEmbeddings) {
    return { tensors, aliases: [{ name: 'lm_head.weight', sameAs: 'transformer.wte.weight' }] };
  }
  weight('lm_head', V, C);
  return { tensors, aliases: [] };
}

function modelPy(config: Gpt2Config): string {
  const activation = pythonActivations[config.hiddenAct];
  return `"""A GPT-2 model in plain PyTorch (2.0 or later), written by Heddle beside its weights.

model.load_state_dict(torch.load("model.pth", weights_only=True)); logits = model(token_ids)
"""
import torch
from torch import nn
from torch.nn import functional as F

VOCAB, CONTEXT, LAYERS = ${config.vocabSize}, ${config.maxPositionEmbeddings}, ${config.numHiddenLayers}
WIDTH, HEADS, INNER, EPSILON = ${config.hiddenSize}, ${config.numAttentionHeads}, ${config.intermediateSize}, ${config.layerNormEpsilon}


class Conv1D(nn.Module):  # a linear layer whose weight is (in, out)
    def __init__(self, inputs, outputs):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(inputs, outputs).normal_(std=${config.initializerRange}))
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, x):
        return x @ self.weight + self.bias


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.ln_1, self.ln_2 = nn.LayerNorm(WIDTH, EPSILON), nn.LayerNorm(WIDTH, EPSILON)
        self.attn = nn.ModuleDict({"c_attn": Conv1D(WIDTH, 3 * WIDTH), "c_proj": Conv1D(WIDTH, WIDTH)})
        self.mlp = nn.ModuleDict({"c_fc": Conv1D(WIDTH, INNER), "c_proj": Conv1D(INNER, WIDTH)})

    def forward(self, x):  # (batch, tokens, WIDTH)
        qkv = self.attn.c_attn(self.ln_1(x)).split(WIDTH, dim=-1)
        q, k, v = (part.unflatten(-1, (HEADS, -1)).transpose(1, 2) for part in qkv)
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.attn.c_proj(y.transpose(1, 2).flatten(2))
        return x + self.mlp.c_proj(${activation('self.mlp.c_fc(self.ln_2(x))')})


class GPT2(nn.Module):
    def __init__(self):
        super().__init__()
        wte, wpe = nn.Embedding(VOCAB, WIDTH), nn.Embedding(CONTEXT, WIDTH)
        h, ln_f = nn.ModuleList(Block() for _ in range(LAYERS)), nn.LayerNorm(WIDTH, EPSILON)
        self.transformer = nn.ModuleDict({"wte": wte, "wpe": wpe, "h": h, "ln_f": ln_f})
        self.lm_head = nn.Linear(WIDTH, VOCAB, bias=False)
${config.tieWordEmbeddings ? '        self.lm_head.weight = wte.weight\n' : ''}
    def forward(self, ids):  # (batch, tokens) int64, at most CONTEXT tokens -> (batch, tokens, VOCAB)
        x = self.transformer.wte(ids) + self.transformer.wpe(torch.arange(ids.size(1), device=ids.device))
        for block in self.transformer.h:
            x = block(x)
        return self.lm_head(self.transformer.ln_f(x))


model = GPT2().eval()
`;
}
