"""Writes tests/golden/models/*.safetensors: what transformers and PyTorch compute for two tiny models.

Run once, with torch, transformers and safetensors installed: python tests/golden/make_goldens.py
Weights are not stored: both sides compute them, value i of tensor k being 0.1 * sin(0.7 * i + k)
(1 is added to norm weights), tensors numbered in the order of their sorted names.
"""

import json
from pathlib import Path

import torch
import transformers
from safetensors.torch import save_file
from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM

OUT = Path(__file__).parent / "models"
BATCH, LENGTH = 2, 9
TRAINING = dict(lr=1e-2, betas=(0.9, 0.95), eps=1e-8)
WEIGHT_DECAY, MAX_GRAD_NORM, STEPS = 0.1, 1.0, 10


def models():
    yield "gpt2", GPT2LMHeadModel(
        GPT2Config(
            vocab_size=29, n_embd=16, n_layer=2, n_head=2, n_inner=40, n_positions=12,
            activation_function="gelu_new", embd_pdrop=0.0, resid_pdrop=0.0, attn_pdrop=0.0,
        )
    )
    yield "llama", LlamaForCausalLM(
        LlamaConfig(
            vocab_size=29, hidden_size=16, num_hidden_layers=2, num_attention_heads=4,
            num_key_value_heads=2, head_dim=6, intermediate_size=20, max_position_embeddings=12,
            rms_norm_eps=1e-5, rope_theta=10000.0, tie_word_embeddings=False, attention_dropout=0.0,
        )
    )


def fill(model):
    parameters = dict(model.named_parameters())
    with torch.no_grad():
        for k, name in enumerate(sorted(parameters)):
            p = parameters[name]
            values = 0.1 * torch.sin(0.7 * torch.arange(p.numel(), dtype=torch.float64) + k)
            if p.dim() == 1 and name.endswith("weight"):
                values = values + 1
            p.copy_(values.reshape(p.shape).float())
    return parameters


def loss_of(logits, targets):
    return torch.nn.functional.cross_entropy(logits.reshape(-1, logits.shape[-1]), targets.reshape(-1))


def write(named_models):
    for name, model in named_models:
        model.eval()
        parameters = fill(model)
        tokens = torch.arange(BATCH * (LENGTH + 1)).reshape(BATCH, LENGTH + 1) * 7 % 29
        ids, targets = tokens[:, :-1].contiguous(), tokens[:, 1:].contiguous()
        logits = model(ids).logits
        loss = loss_of(logits, targets)
        loss.backward()
        tensors = {"logits": logits.detach().contiguous(), "loss": loss.detach().reshape(1)}
        for key, p in parameters.items():
            tensors[f"grad.{key}"] = p.grad.detach().clone().contiguous()
        matrices = [p for p in parameters.values() if p.dim() >= 2]
        others = [p for p in parameters.values() if p.dim() < 2]
        optimizer = torch.optim.AdamW(
            [dict(params=matrices, weight_decay=WEIGHT_DECAY), dict(params=others, weight_decay=0.0)], **TRAINING
        )
        losses = []
        for _ in range(STEPS):
            optimizer.zero_grad()
            loss = loss_of(model(ids).logits, targets)
            loss.backward()
            losses.append(loss.item())
            torch.nn.utils.clip_grad_norm_(parameters.values(), MAX_GRAD_NORM)
            optimizer.step()
        tensors["losses"] = torch.tensor(losses)
        metadata = {"torch": torch.__version__, "transformers": transformers.__version__}
        save_file(tensors, OUT / f"{name}.safetensors", metadata=metadata)
        print(name, json.dumps([round(x, 5) for x in losses]))


def main():
    torch.manual_seed(0)
    OUT.mkdir(exist_ok=True)
    write(models())


if __name__ == "__main__":
    main()
