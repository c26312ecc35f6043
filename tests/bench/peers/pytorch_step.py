"""The training step of a workload in eager PyTorch: forward, backward, clip, AdamW.

python pytorch_step.py FOLDER THREADS; speaks JSON lines as serve-steps.ts describes. Says nothing of Heddle.
"""

import json
import math
import resource
import sys
import time
from pathlib import Path

import numpy
import torch
from torch import nn
from torch.nn import functional as F

folder, threads = Path(sys.argv[1]), int(sys.argv[2])
torch.set_num_threads(threads)
workload = json.loads((folder / "workload.json").read_text())
model, training = workload["settings"]["model"], workload["settings"]["training"]
B, T = workload["batchSize"], workload["length"]
C, NH, V, LAYERS = (model[key] for key in ("hiddenSize", "numAttentionHeads", "vocabSize", "numHiddenLayers"))


def load_weights():
    """Every tensor as a parameter, by Hugging Face's name."""
    flat = numpy.fromfile(folder / "weights.f32", dtype=numpy.float32)
    parameters, start = {}, 0
    for tensor in workload["tensors"]:
        size = math.prod(tensor["shape"])
        values = torch.from_numpy(flat[start : start + size].copy()).reshape(tensor["shape"])
        parameters[tensor["name"]] = nn.Parameter(values)
        start += size
    return parameters


w = load_weights()


def heads(x, count):
    """(B*T, count*HS) to (B, count, T, HS)."""
    return x.reshape(B, T, count, -1).transpose(1, 2)


def attend(q, k, v):
    y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
    return y.transpose(1, 2).reshape(B * T, -1)


def gpt2(ids):
    epsilon = model["layerNormEpsilon"]

    def norm(x, name):
        return F.layer_norm(x, (C,), w[f"{name}.weight"], w.get(f"{name}.bias"), epsilon)

    def conv(x, name):
        bias = w.get(f"{name}.bias")
        y = x @ w[f"{name}.weight"] if bias is None else torch.addmm(bias, x, w[f"{name}.weight"])
        return y

    x = F.embedding(ids, w["transformer.wte.weight"]) + w["transformer.wpe.weight"][:T]
    x = x.reshape(B * T, C)
    for layer in range(LAYERS):
        h = f"transformer.h.{layer}"
        q, k, v = conv(norm(x, f"{h}.ln_1"), f"{h}.attn.c_attn").split(C, dim=-1)
        x = x + conv(attend(heads(q, NH), heads(k, NH), heads(v, NH)), f"{h}.attn.c_proj")
        up = conv(norm(x, f"{h}.ln_2"), f"{h}.mlp.c_fc")
        x = x + conv(F.gelu(up, approximate="tanh"), f"{h}.mlp.c_proj")
    return norm(x, "transformer.ln_f") @ w["transformer.wte.weight"].T


def rotary_table():
    """Cosines and sines (T, HS) of the Llama form, computed once."""
    size = model["headDim"]
    frequencies = 1.0 / model["ropeTheta"] ** (torch.arange(0, size, 2).float() / size)
    angles = torch.outer(torch.arange(T).float(), frequencies).repeat(1, 2)
    return angles.cos(), angles.sin()


def llama(ids):
    epsilon, kv_heads = model["rmsNormEps"], model["numKeyValueHeads"]

    def norm(x, name):
        return F.rms_norm(x, (C,), w[f"{name}.weight"], epsilon)

    def rotate(x):
        left, right = x.chunk(2, dim=-1)
        return x * cosines + torch.cat((-right, left), dim=-1) * sines

    def linear(x, name):
        return F.linear(x, w[f"{name}.weight"])

    x = F.embedding(ids, w["model.embed_tokens.weight"]).reshape(B * T, C)
    for layer in range(LAYERS):
        name = f"model.layers.{layer}"
        y = norm(x, f"{name}.input_layernorm")
        q = rotate(heads(linear(y, f"{name}.self_attn.q_proj"), NH))
        k = rotate(heads(linear(y, f"{name}.self_attn.k_proj"), kv_heads))
        v = heads(linear(y, f"{name}.self_attn.v_proj"), kv_heads)
        k, v = (part.repeat_interleave(NH // kv_heads, dim=1) if kv_heads < NH else part for part in (k, v))
        x = x + linear(attend(q, k, v), f"{name}.self_attn.o_proj")
        y = norm(x, f"{name}.post_attention_layernorm")
        gated = F.silu(linear(y, f"{name}.mlp.gate_proj")) * linear(y, f"{name}.mlp.up_proj")
        x = x + linear(gated, f"{name}.mlp.down_proj")
    head = w.get("lm_head.weight", w["model.embed_tokens.weight"])
    return norm(x, "model.norm") @ head.T


if model["modelType"] == "llama":
    cosines, sines = rotary_table()
logits_of = {"gpt2": gpt2, "llama": llama}[model["modelType"]]
rows = torch.from_numpy(numpy.fromfile(folder / "tokens.u32", dtype=numpy.uint32).astype(numpy.int64))
rows = rows.reshape(workload["batchCount"], B, T + 1)
matrices, others = ([p for p in w.values() if (p.dim() > 1) == flag] for flag in (True, False))
optimizer = torch.optim.AdamW(
    [dict(params=matrices, weight_decay=training["weightDecay"]), dict(params=others, weight_decay=0.0)],
    lr=training["learningRate"],
    betas=(training["adamBeta1"], training["adamBeta2"]),
    eps=training["adamEpsilon"],
    fused=True,
)


def step(index):
    batch = rows[index % len(rows)]
    optimizer.zero_grad(set_to_none=True)
    loss = F.cross_entropy(logits_of(batch[:, :-1]), batch[:, 1:].reshape(-1))
    loss.backward()
    nn.utils.clip_grad_norm_(w.values(), training["maxGradNorm"])
    optimizer.step()
    return loss.item()


def say(value):
    print(json.dumps(value), flush=True)


say({"ready": {"description": f"PyTorch {torch.__version__}, eager, {torch.get_num_threads()} threads"}})
index = 0
for line in sys.stdin:
    times, losses = [], []
    for _ in range(json.loads(line)["steps"]):
        start = time.perf_counter()
        losses.append(step(index))
        times.append(1000 * (time.perf_counter() - start))
        index += 1
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    say({"timesMs": times, "losses": losses, "peakBytes": peak})
