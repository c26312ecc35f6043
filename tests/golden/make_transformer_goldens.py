"""Writes tests/golden/models/transformer-*: what PyTorch's nn.Transformer computes in two tiny forms.

Run once, with torch and safetensors installed: python tests/golden/make_transformer_goldens.py
Weights are those of make_goldens.py's formula; nn.MultiheadAttention's packed projections count as three tensors,
q_proj, k_proj and v_proj. Sources have unequal lengths; some targets are ignored.
"""

import json
import math
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn

OUT = Path(__file__).parent / "models"
BATCH, SOURCE, LENGTH, VOCAB, WIDTH, CONTEXT = 2, 7, 6, 29, 16, 12
SOURCE_LENGTHS = torch.tensor([7, 4])
SMOOTHING, MAX_GRAD_NORM, WEIGHT_DECAY, STEPS = 0.1, 1.0, 0.1, 10
FORMS = {
    "post": dict(encoder=2, decoder=1, activation="relu", norm_first=False, is_original=True),
    "pre": dict(encoder=1, decoder=2, activation="gelu", norm_first=True, is_original=False),
}


class Seq2Seq(nn.Module):
    """The original form ties and scales its tables and has sinusoidal positions; the other learns all apart."""

    def __init__(self, encoder, decoder, activation, norm_first, is_original):
        super().__init__()
        self.is_original = is_original
        self.transformer = nn.Transformer(
            WIDTH, 2, encoder, decoder, 40, dropout=0.0, activation=activation, norm_first=norm_first, batch_first=True
        )
        self.src_tok_emb = nn.Embedding(VOCAB, WIDTH)
        self.tgt_tok_emb = self.src_tok_emb if is_original else nn.Embedding(VOCAB, WIDTH)
        self.generator = nn.Linear(WIDTH, VOCAB, bias=False)
        if is_original:
            self.generator.weight = self.src_tok_emb.weight
            # As in PyTorch's tutorial of nn.Transformer.
            den = torch.exp(-torch.arange(0, WIDTH, 2) * math.log(10000) / WIDTH)
            pos = torch.arange(CONTEXT).reshape(CONTEXT, 1)
            table = torch.zeros((CONTEXT, WIDTH))
            table[:, 0::2], table[:, 1::2] = torch.sin(pos * den), torch.cos(pos * den)
            self.register_buffer("table", table, persistent=False)
        else:
            self.src_pos_emb, self.tgt_pos_emb = nn.Embedding(CONTEXT, WIDTH), nn.Embedding(CONTEXT, WIDTH)

    def embed(self, ids, side):
        x = getattr(self, f"{side}_tok_emb")(ids)
        if self.is_original:
            return x * math.sqrt(WIDTH) + self.table[: ids.size(1)]
        return x + getattr(self, f"{side}_pos_emb").weight[: ids.size(1)]

    def forward(self, source, target):
        padding = torch.arange(source.size(1)) >= SOURCE_LENGTHS[:, None]
        states = self.transformer(
            self.embed(source, "src"),
            self.embed(target, "tgt"),
            tgt_mask=nn.Transformer.generate_square_subsequent_mask(target.size(1)),
            src_key_padding_mask=padding,
            memory_key_padding_mask=padding,
            tgt_is_causal=True,
        )
        return self.generator(states)


def named_parts(model, of=lambda p: p):
    """Every tensor by name, packed projections cut in three."""
    parts = {}
    for name, p in model.named_parameters():
        values = of(p)
        if ".in_proj_" not in name:
            parts[name] = values
            continue
        for letter, part in zip("qkv", values.chunk(3)):
            parts[name.replace("in_proj_", f"{letter}_proj.")] = part
    return parts


def fill(model):
    parts = named_parts(model, lambda p: p.data)
    for k, name in enumerate(sorted(parts)):
        part = parts[name]
        values = 0.1 * torch.sin(0.7 * torch.arange(part.numel(), dtype=torch.float64) + k)
        if part.dim() == 1 and name.endswith("weight"):
            values = values + 1
        part.copy_(values.reshape(part.shape).float())


def loss_of(logits, targets, smoothing=0.0):
    return nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten(), label_smoothing=smoothing)


def main():
    torch.manual_seed(0)
    source = torch.arange(BATCH * SOURCE).reshape(BATCH, SOURCE) * 5 % VOCAB
    tokens = torch.arange(BATCH * (LENGTH + 1)).reshape(BATCH, LENGTH + 1) * 7 % VOCAB
    ids, targets = tokens[:, :-1], tokens[:, 1:].clone()
    targets[1, -2:] = -100
    for name, form in FORMS.items():
        model = Seq2Seq(**form).train()
        fill(model)
        torch.save(model.state_dict(), OUT / f"transformer-{name}.pth")
        logits = model(source, ids)
        loss = loss_of(logits, targets)
        loss.backward()
        tensors = {
            "logits": logits.detach().contiguous(),
            "loss": loss.detach().reshape(1),
            "smoothed": loss_of(logits, targets, SMOOTHING).detach().reshape(1),
        }
        for key, gradient in named_parts(model, lambda p: p.grad).items():
            tensors[f"grad.{key}"] = gradient.clone().contiguous()
        matrices = [p for p in model.parameters() if p.dim() >= 2]
        others = [p for p in model.parameters() if p.dim() < 2]
        optimizer = torch.optim.AdamW(
            [dict(params=matrices, weight_decay=WEIGHT_DECAY), dict(params=others, weight_decay=0.0)],
            lr=1e-2, betas=(0.9, 0.95), eps=1e-8,
        )
        losses = []
        for _ in range(STEPS):
            optimizer.zero_grad()
            loss = loss_of(model(source, ids), targets, SMOOTHING)
            loss.backward()
            losses.append(loss.item())
            nn.utils.clip_grad_norm_(model.parameters(), MAX_GRAD_NORM)
            optimizer.step()
        tensors["losses"] = torch.tensor(losses)
        save_file(tensors, OUT / f"transformer-{name}.safetensors", metadata={"torch": torch.__version__})
        print(name, json.dumps([round(x, 5) for x in losses]))


if __name__ == "__main__":
    main()
