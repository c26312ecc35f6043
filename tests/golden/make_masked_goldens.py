"""Writes tests/golden/models/masked.json: what PyTorch computes where some tokens are not trained on.

Run once, with torch and transformers installed: python tests/golden/make_masked_goldens.py
The tiny GPT-2 and its tokens are those of make_goldens.py. Each row of the batch is a micro-step; both are divided
by the number of all targets that count, as in one step over both.
"""

import json

import torch

from make_goldens import BATCH, LENGTH, OUT, fill, models

KEPT = ["transformer.ln_f.weight", "transformer.wpe.weight", "transformer.h.0.mlp.c_fc.bias"]


def main():
    name, model = next(iter(models()))
    assert name == "gpt2"
    model.eval()
    parameters = fill(model)
    tokens = torch.arange(BATCH * (LENGTH + 1)).reshape(BATCH, LENGTH + 1) * 7 % 29
    # Token t of row b is trained on where (t + 2 b) % 5 < 3 - 2 b: many of one row, few of the other.
    place = torch.arange(LENGTH + 1)
    trained_on = torch.stack([(place + 2 * b) % 5 < 3 - 2 * b for b in range(BATCH)])
    targets = torch.where(trained_on, tokens, -100)[:, 1:]
    count = int((targets != -100).sum())
    loss = 0.0
    for b in range(BATCH):
        logits = model(tokens[b : b + 1, :-1]).logits
        row = torch.nn.functional.cross_entropy(logits[0], targets[b], ignore_index=-100, reduction="sum") / count
        row.backward()
        loss += row.item()
    golden = {
        "torch": torch.__version__,
        "trainedOn": trained_on.int().tolist(),
        "targetCount": count,
        "loss": loss,
        "gradients": {key: parameters[key].grad.flatten().tolist() for key in KEPT},
    }
    (OUT / "masked.json").write_text(json.dumps(golden) + "\n")


if __name__ == "__main__":
    main()
