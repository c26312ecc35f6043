// The model.py of the T5 form: plain PyTorch in at most 60 lines.

import type { T5Config } from '../config.ts';
import { pythonActivations } from './hf-family.ts';

/** Python source of a T5 model. */
export function t5ModelPy(config: T5Config): string {
  const { isGatedAct, tieWordEmbeddings } = config;
  const activation = pythonActivations[config.hiddenAct];
  const { vocabSize, hiddenSize, intermediateSize, numAttentionHeads, layerNormEpsilon } = config;
  const sizes = [vocabSize, hiddenSize, intermediateSize, numAttentionHeads];
  const distances = [config.relativeAttentionNumBuckets, config.relativeAttentionMaxDistance];
  const layers = [config.numHiddenLayers, config.numDecoderLayers];
  const heads = numAttentionHeads * config.headDim;
  return `"""A T5 model in plain PyTorch (2.4 or later), written by Heddle beside its weights.

model.load_state_dict(torch.load("model.pth", weights_only=True)); logits = model(source_ids, target_ids)
"""
import torch
from torch import nn
from torch.nn import functional as F

VOCAB, WIDTH, INNER, HEADS, BUCKETS, LONGEST = ${[...sizes, ...distances].join(', ')}
ATTENTION = dict.fromkeys("qkv", (WIDTH, ${heads})) | {"o": (${heads}, WIDTH)}
DENSE = dict.fromkeys((${isGatedAct ? '"wi_0", "wi_1"' : '"wi",'}), (WIDTH, INNER)) | {"wo": (INNER, WIDTH)}
PARTS = {"SelfAttention": ATTENTION, "EncDecAttention": ATTENTION, "DenseReluDense": DENSE}


def buckets(tokens, causal, device):  # which bucket the distance of each key from each query falls into
    place, count = torch.arange(tokens, device=device), BUCKETS if causal else BUCKETS // 2
    distance, exact = place - place[:, None], count // 2
    near = -distance.clamp(max=0) if causal else distance.abs()
    far = torch.log(near.clamp(min=1) / exact) / torch.tensor(LONGEST / exact).log() * (count - exact)
    far = (exact + far.long()).clamp(max=count - 1)
    return (torch.where(near < exact, near, far) + (distance > 0) * count) % BUCKETS


def stack(embed_tokens, count, names):
    norm = lambda: nn.RMSNorm(WIDTH, ${layerNormEpsilon})
    linears = lambda sizes: nn.ModuleDict({key: nn.Linear(*size, bias=False) for key, size in sizes.items()})
    layers = lambda: nn.ModuleList(nn.ModuleDict({n: linears(PARTS[n]), "layer_norm": norm()}) for n in names)
    block = nn.ModuleList(nn.ModuleDict({"layer": layers()}) for _ in range(count))
    block[0].layer[0].SelfAttention["relative_attention_bias"] = nn.Embedding(BUCKETS, HEADS)
    return nn.ModuleDict({"embed_tokens": embed_tokens, "block": block, "final_layer_norm": norm()})


class T5(nn.Module):
    def __init__(self):
        super().__init__()
        self.shared, self.lm_head = nn.Embedding(VOCAB, WIDTH), nn.Linear(WIDTH, VOCAB, bias=False)
        self.encoder, self.decoder = map(stack, [self.shared] * 2, (${layers.join(', ')}), [list(PARTS)[::2], list(PARTS)])
${tieWordEmbeddings ? '        self.lm_head.weight = self.shared.weight\n' : ''}
    def run(self, stack, ids, padding, memory=None):  # x + part(norm(x)) for each part of each block
        x, table = stack.embed_tokens(ids), stack.block[0].layer[0].SelfAttention.relative_attention_bias
        own = table(buckets(ids.size(1), memory is not None, ids.device)).permute(2, 0, 1)
        own = own + (padding if memory is None else torch.full_like(own, -torch.inf).triu(1))
        for (name, p), (_, norm) in (layer.items() for block in stack.block for layer in block.layer):
            y = norm(x)
            if name == "DenseReluDense":
                x = x + p.wo(${isGatedAct ? `${activation('p.wi_0(y)')} * p.wi_1(y)` : activation('p.wi(y)')})
                continue
            keys, bias = (y, own) if name == "SelfAttention" else (memory, padding)
            q, k, v = (f.unflatten(2, (HEADS, -1)).transpose(1, 2) for f in (p.q(y), p.k(keys), p.v(keys)))
            x = x + p.o(F.scaled_dot_product_attention(q, k, v, bias, scale=1.0).transpose(1, 2).flatten(2))
        return stack.final_layer_norm(x)

    def forward(self, source, target, seen=None):  # seen: which source tokens are no padding
        padding = (1.0 - (source >= 0 if seen is None else seen).float())[:, None, None] * -1e9
        states = self.run(self.decoder, target, padding, self.run(self.encoder, source, padding))
        return self.lm_head(states${tieWordEmbeddings ? ' * WIDTH**-0.5' : ''})


model = T5().eval()
`;
}
