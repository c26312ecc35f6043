// The model.py of the Llama, Qwen2 and Qwen3 forms: plain PyTorch in at most 60 lines.

import type { ModelType, RotaryConfig } from '../config.ts';
import { pythonActivations } from './hf-family.ts';

const classNames = { llama: 'Llama', qwen2: 'Qwen2', qwen3: 'Qwen3' } as const satisfies Partial<
  Record<ModelType, string>
>;

/** Python source of a model with rotary positions. */
export function rotaryModelPy(config: RotaryConfig): string {
  const activation = pythonActivations[config.hiddenAct];
  const name = classNames[config.modelType];
  const isQwen2 = config.modelType === 'qwen2';
  const heads = [
    config.numAttentionHeads,
    config.numKeyValueHeads,
    config.headDim,
    config.rmsNormEps,
    config.ropeTheta,
  ];
  const headNorms = config.modelType === 'qwen3';
  return `"""A ${name} model in plain PyTorch (2.4 or later), written by Heddle beside its weights.

model.load_state_dict(torch.load("model.pth", weights_only=True)); logits = model(token_ids)
"""
import torch
from torch import nn
from torch.nn import functional as F

VOCAB, LAYERS, WIDTH, INNER = ${config.vocabSize}, ${config.numHiddenLayers}, ${config.hiddenSize}, ${config.intermediateSize}
HEADS, KV_HEADS, HEAD_SIZE, EPSILON, THETA = ${heads.join(', ')}


def linears(**sizes):
    return nn.ModuleDict({name: nn.Linear(*size, bias=${isQwen2 ? 'name[0] in "qkv"' : 'False'}) for name, size in sizes.items()})


def rotate(x):  # (batch, heads, tokens, HEAD_SIZE): pair i turns by p / THETA ** (2i / HEAD_SIZE)
    frequencies = 1.0 / THETA ** (torch.arange(0, HEAD_SIZE, 2, device=x.device).float() / HEAD_SIZE)
${scaling(config)}    angles = torch.outer(torch.arange(x.size(2), device=x.device), torch.cat((-frequencies, frequencies)))
    return x * angles.cos() + x.roll(HEAD_SIZE // 2, -1) * angles.sin()


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        q, kv = (WIDTH, HEADS * HEAD_SIZE), (WIDTH, KV_HEADS * HEAD_SIZE)
        self.self_attn = linears(q_proj=q, k_proj=kv, v_proj=kv, o_proj=q[::-1])
${headNorms ? '        self.self_attn.update({n: nn.RMSNorm(HEAD_SIZE, EPSILON) for n in ("q_norm", "k_norm")})\n' : ''}        self.mlp = linears(gate_proj=(WIDTH, INNER), up_proj=(WIDTH, INNER), down_proj=(INNER, WIDTH))
        self.input_layernorm, self.post_attention_layernorm = (nn.RMSNorm(WIDTH, EPSILON) for _ in range(2))

    def forward(self, x):  # (batch, tokens, WIDTH)
        a, m, y = self.self_attn, self.mlp, self.input_layernorm(x)
        q, k, v = (f(y).unflatten(2, (-1, HEAD_SIZE)).transpose(1, 2) for f in (a.q_proj, a.k_proj, a.v_proj))
${headNorms ? '        q, k = a.q_norm(q), a.k_norm(k)\n' : ''}        k, v = (part.repeat_interleave(HEADS // KV_HEADS, dim=1) for part in (rotate(k), v))
        y = F.scaled_dot_product_attention(rotate(q), k, v, is_causal=True)
        x = x + a.o_proj(y.transpose(1, 2).flatten(2))
        y = self.post_attention_layernorm(x)
        return x + m.down_proj(${activation('m.gate_proj(y)')} * m.up_proj(y))


class ${name}(nn.Module):
    def __init__(self):
        super().__init__()
        layers, norm = nn.ModuleList(Block() for _ in range(LAYERS)), nn.RMSNorm(WIDTH, EPSILON)
        self.model = nn.ModuleDict(dict(embed_tokens=nn.Embedding(VOCAB, WIDTH), layers=layers, norm=norm))
        self.lm_head = nn.Linear(WIDTH, VOCAB, bias=False)
${config.tieWordEmbeddings ? '        self.lm_head.weight = self.model.embed_tokens.weight\n' : ''}
    def forward(self, ids):  # (batch, tokens) int64 -> (batch, tokens, VOCAB)
        x = self.model.embed_tokens(ids)
        for block in self.model.layers:
            x = block(x)
        return self.lm_head(self.model.norm(x))


model = ${name}().eval()
`;
}

/** The lines that slow rotations, with their numbers. */
function scaling(config: RotaryConfig): string {
  const { ropeType, ropeFactor, originalMaxPositionEmbeddings: original } = config;
  const { ropeLowFreqFactor: low, ropeHighFreqFactor: high } = config;
  switch (ropeType) {
    case 'default':
      return '';
    case 'linear':
      return `    frequencies = frequencies / ${ropeFactor}\n`;
    case 'llama3':
      return `    kept = ((${original} * frequencies / (2 * torch.pi) - ${low}) / (${high} - ${low})).clamp(0, 1)
    frequencies = frequencies * (kept + (1 - kept) / ${ropeFactor})
`;
    default:
      return ropeType satisfies never;
  }
}
