"""Writes attention.json beside this file: what PyTorch and transformers compute for attention and rotary
positions, with the gradients of (output * upstream).sum().

Run once, with torch and transformers installed: python tests/golden/ops/make_attention_goldens.py
Values are not stored: both sides compute them, value i of tensor k being sin(0.7 * i + k).
"""

import json
from pathlib import Path

import torch
import transformers
from transformers import LlamaConfig
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding, apply_rotary_pos_emb

B, NH, NKV, HS = 1, 2, 1, 4


def values(k, *shape):
    count = torch.Size(shape).numel()
    return torch.sin(0.7 * torch.arange(count, dtype=torch.float64) + k).float().reshape(shape)


def numbers(tensor):
    return [round(float(value), 9) for value in tensor.detach().flatten()]


def attention_case(queries, keys, **options):
    """Rows are (B, T, heads * HS); grouped queries share key-value heads."""
    query = values(1, B, queries, NH * HS).requires_grad_()
    key = values(2, B, keys, NKV * HS).requires_grad_()
    value = values(3, B, keys, NKV * HS).requires_grad_()
    heads = [x.reshape(B, -1, n, HS).transpose(1, 2) for x, n in ((query, NH), (key, NKV), (value, NKV))]
    y = torch.nn.functional.scaled_dot_product_attention(*heads, enable_gqa=True, **options)
    y = y.transpose(1, 2).reshape(B, queries, NH * HS)
    (y * values(4, *y.shape)).sum().backward()
    return {
        "queryLength": queries,
        "keyLength": keys,
        "output": numbers(y),
        "dQuery": numbers(query.grad),
        "dKey": numbers(key.grad),
        "dValue": numbers(value.grad),
    }


def rotary_case():
    positions = [0, 1, 7, 1023, 8191, 131071]
    config = LlamaConfig(hidden_size=2 * 8, num_attention_heads=2, head_dim=8, rope_theta=10000.0)
    x = values(5, 1, len(positions), 2 * 8).requires_grad_()
    cos, sin = LlamaRotaryEmbedding(config)(x, torch.tensor([positions]))
    heads = x.reshape(1, -1, 2, 8).transpose(1, 2)
    y = apply_rotary_pos_emb(heads, heads, cos, sin)[0].transpose(1, 2).reshape(x.shape)
    (y * values(6, *y.shape)).sum().backward()
    return {"positions": positions, "theta": 10000.0, "output": numbers(y), "dx": numbers(x.grad)}


def main():
    goldens = {
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "attention": {
            "causal": attention_case(5, 5, is_causal=True),
            "both directions, own scale": attention_case(4, 4, scale=0.3),
            "cross": attention_case(3, 5),
        },
        "rotary": rotary_case(),
    }
    Path(__file__).with_name("attention.json").write_text(json.dumps(goldens) + "\n")


main()
