// The Llama form in Hugging Face files: rotary positions without scaling, no biases.
// Source: transformers, models/llama.

import type { LlamaConfig } from '../config.ts';
import type { HfFamily, StateDict, StateDictTensor } from './hf-family.ts';
import { floatText, pythonActivations, refuseHf } from './hf-family.ts';
import { asJsonObject, type JsonObject, type JsonValue } from './strict-json.ts';

export const llamaFamily: HfFamily<LlamaConfig> = {
  architecture: 'LlamaForCausalLM',
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
    ropeTheta: 'rope_theta',
    attentionDropout: 'attention_dropout',
    tieWordEmbeddings: 'tie_word_embeddings',
    initializerRange: 'initializer_range',
  },
  requiredKeys: [
    'vocab_size',
    'hidden_size',
    'intermediate_size',
    'num_hidden_layers',
    'num_attention_heads',
    'max_position_embeddings',
  ],
  defaults,
  fixed: { attention_bias: false, mlp_bias: false },
  // Newer readers look for rope_parameters, older ones for rope_theta.
  extra: (config) => ({
    rope_parameters: `{"rope_theta": ${floatText(config.ropeTheta)}, "rope_type": "default"}`,
  }),
  checkJson: checkRope,
  checkConfig,
  stateDict,
  prefix: 'model.',
  unread: /\.rotary_emb\.inv_freq$/,
  modelPy,
};

function defaults(config: JsonObject): Record<string, JsonValue> {
  return {
    num_key_value_heads: config.get('num_attention_heads') ?? null,
    head_dim: Math.floor(Number(config.get('hidden_size')) / Number(config.get('num_attention_heads'))),
    hidden_act: 'silu',
    rms_norm_eps: 1e-6,
    rope_theta: asJsonObject(config.get('rope_parameters'))?.get('rope_theta') ?? 10_000,
    attention_dropout: 0,
    tie_word_embeddings: false,
    initializer_range: 0.02,
  };
}

function checkRope(config: JsonObject): void {
  for (const key of ['rope_scaling', 'rope_parameters']) {
    const rope = config.get(key) ?? null;
    if (rope === null) continue;
    const object = asJsonObject(rope);
    const kind = object?.get('rope_type') ?? object?.get('type') ?? (object === undefined ? rope : 'default');
    if (kind !== 'default') {
      refuseHf(
        'hf-rope-unsupported',
        `config.json asks for ${key} of kind "${String(kind).slice(0, 40)}"; only "default" rotary positions are supported.`,
        'Use a model without rotary scaling.',
      );
    }
    if ((object?.get('partial_rotary_factor') ?? 1) !== 1) {
      refuseHf(
        'hf-rope-unsupported',
        'config.json rotates only a part of each head (partial_rotary_factor); whole heads are supported.',
        'Use a model that rotates whole heads.',
      );
    }
  }
  const inner = asJsonObject(config.get('rope_parameters'))?.get('rope_theta') ?? null;
  const outer = config.get('rope_theta') ?? inner;
  if (inner !== null && inner !== outer) {
    refuseHf(
      'hf-config-invalid',
      `config.json gives rope_theta as ${String(outer)} and, in rope_parameters, as ${String(inner)}.`,
      'Keep the one that the model was trained with.',
    );
  }
}

function checkConfig({ hiddenSize, numAttentionHeads }: LlamaConfig): void {
  if (hiddenSize % numAttentionHeads !== 0) {
    refuseHf(
      'hf-heads-do-not-divide',
      `hiddenSize ${hiddenSize} is not a multiple of numAttentionHeads ${numAttentionHeads}; transformers refuses that.`,
      'Export as a PyTorch state dict, or train with a width that the heads divide.',
    );
  }
}

function stateDict(config: LlamaConfig): StateDict {
  const { vocabSize: V, hiddenSize: C, intermediateSize: inner, headDim: HS } = config;
  const [NH, NKV] = [config.numAttentionHeads, config.numKeyValueHeads];
  const tensors: StateDictTensor[] = [];
  const weight = (name: string, ...shape: number[]): void => {
    tensors.push({ name: `${name}.weight`, shape, isZeros: false });
  };
  weight('model.embed_tokens', V, C);
  for (let layer = 0; layer < config.numHiddenLayers; layer++) {
    const block = `model.layers.${layer}`;
    weight(`${block}.self_attn.q_proj`, NH * HS, C);
    weight(`${block}.self_attn.k_proj`, NKV * HS, C);
    weight(`${block}.self_attn.v_proj`, NKV * HS, C);
    weight(`${block}.self_attn.o_proj`, C, NH * HS);
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

function modelPy(config: LlamaConfig): string {
  const activation = pythonActivations[config.hiddenAct];
  return `"""A Llama model in plain PyTorch (2.4 or later), written by Heddle beside its weights.

model.load_state_dict(torch.load("model.pth", weights_only=True)); logits = model(token_ids)
"""
import torch
from torch import nn
from torch.nn import functional as F

VOCAB, LAYERS, WIDTH, INNER = ${config.vocabSize}, ${config.numHiddenLayers}, ${config.hiddenSize}, ${config.intermediateSize}
HEADS, KV_HEADS, HEAD_SIZE = ${config.numAttentionHeads}, ${config.numKeyValueHeads}, ${config.headDim}
EPSILON, THETA = ${config.rmsNormEps}, ${config.ropeTheta}


def linears(**sizes):
    return nn.ModuleDict({name: nn.Linear(*size, bias=False) for name, size in sizes.items()})


def rotate(x):  # (batch, heads, tokens, HEAD_SIZE): pair i turns by p / THETA ** (2i / HEAD_SIZE)
    frequencies = 1.0 / THETA ** (torch.arange(0, HEAD_SIZE, 2, device=x.device).float() / HEAD_SIZE)
    angles = torch.outer(torch.arange(x.size(2), device=x.device).float(), frequencies).repeat(1, 2)
    left, right = x.chunk(2, dim=-1)
    return x * angles.cos() + torch.cat((-right, left), dim=-1) * angles.sin()


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        q, kv = (WIDTH, HEADS * HEAD_SIZE), (WIDTH, KV_HEADS * HEAD_SIZE)
        self.self_attn = linears(q_proj=q, k_proj=kv, v_proj=kv, o_proj=q[::-1])
        self.mlp = linears(gate_proj=(WIDTH, INNER), up_proj=(WIDTH, INNER), down_proj=(INNER, WIDTH))
        self.input_layernorm, self.post_attention_layernorm = (nn.RMSNorm(WIDTH, EPSILON) for _ in range(2))

    def forward(self, x):  # (batch, tokens, WIDTH)
        a, m, y = self.self_attn, self.mlp, self.input_layernorm(x)
        projected = (a.q_proj(y), a.k_proj(y), a.v_proj(y))
        q, k, v = (part.unflatten(-1, (-1, HEAD_SIZE)).transpose(1, 2) for part in projected)
        k, v = (part.repeat_interleave(HEADS // KV_HEADS, dim=1) for part in (rotate(k), v))
        y = F.scaled_dot_product_attention(rotate(q), k, v, is_causal=True)
        x = x + a.o_proj(y.transpose(1, 2).flatten(2))
        y = self.post_attention_layernorm(x)
        return x + m.down_proj(${activation('m.gate_proj(y)')} * m.up_proj(y))


class Llama(nn.Module):
    def __init__(self):
        super().__init__()
        embed_tokens, layers = nn.Embedding(VOCAB, WIDTH), nn.ModuleList(Block() for _ in range(LAYERS))
        norm = nn.RMSNorm(WIDTH, EPSILON)
        self.model = nn.ModuleDict({"embed_tokens": embed_tokens, "layers": layers, "norm": norm})
        self.lm_head = nn.Linear(WIDTH, VOCAB, bias=False)
${config.tieWordEmbeddings ? '        self.lm_head.weight = embed_tokens.weight\n' : ''}
    def forward(self, ids):  # (batch, tokens) int64 -> (batch, tokens, VOCAB)
        x = self.model.embed_tokens(ids)
        for block in self.model.layers:
            x = block(x)
        return self.lm_head(self.model.norm(x))


model = Llama().eval()
`;
}
