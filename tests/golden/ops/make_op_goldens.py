"""Writes goldens.json beside this file: what PyTorch computes for a few operations.

Run once, in an environment with torch: python tests/golden/ops/make_op_goldens.py
"""

import json
from pathlib import Path

import torch

torch.manual_seed(1337)

COUNT, DECAY = 13, 7
LEARNING_RATES = [0.1, 0.05, 0.2]
WEIGHT_DECAY = 0.3
MAX_GRAD_NORM = 2.0


def numbers(tensor):
    return [float(value) for value in tensor.detach().flatten()]


def optimizer_case(make, start, gradients):
    """Parameters after each step; the first DECAY elements decay, gradients are clipped together."""
    decayed = torch.nn.Parameter(start[:DECAY].clone())
    plain = torch.nn.Parameter(start[DECAY:].clone())
    optimizer = make([{"params": [decayed], "weight_decay": WEIGHT_DECAY}, {"params": [plain], "weight_decay": 0.0}])
    steps, norms = [], []
    for learning_rate, gradient in zip(LEARNING_RATES, gradients):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate
        decayed.grad, plain.grad = gradient[:DECAY].clone(), gradient[DECAY:].clone()
        norms.append(float(torch.nn.utils.clip_grad_norm_([decayed, plain], MAX_GRAD_NORM)))
        optimizer.step()
        steps.append(numbers(torch.cat([decayed, plain])))
    return {"steps": steps, "norms": norms}


def cross_entropy_case(rows, vocab, label_smoothing, weighted):
    logits = (torch.randn(rows, vocab) * 3).requires_grad_()
    targets = torch.randint(0, vocab, (rows,))
    targets[1] = -100
    weights = torch.rand(rows) if weighted else torch.ones(rows)
    losses = torch.nn.functional.cross_entropy(
        logits, targets, reduction="none", label_smoothing=label_smoothing, ignore_index=-100
    )
    (losses * weights).sum().backward()
    return {
        "logits": numbers(logits),
        "targets": [int(target) for target in targets],
        "tokenWeights": numbers(weights) if weighted else None,
        "labelSmoothing": label_smoothing,
        "losses": numbers(losses),
        "lossSum": float((losses * weights).detach().sum()),
        "dLogits": numbers(logits.grad),
    }


start = torch.randn(COUNT)
gradients = [torch.randn(COUNT) for _ in LEARNING_RATES]
goldens = {
    "torch": torch.__version__,
    "optimizers": {
        "start": numbers(start),
        "gradients": [numbers(gradient) for gradient in gradients],
        "learningRates": LEARNING_RATES,
        "decayElements": DECAY,
        "weightDecay": WEIGHT_DECAY,
        "maxGradNorm": MAX_GRAD_NORM,
        "beta1": 0.9,
        "beta2": 0.99,
        "epsilon": 1e-6,
        "momentum": 0.8,
        "adamw": optimizer_case(lambda p: torch.optim.AdamW(p, betas=(0.9, 0.99), eps=1e-6), start, gradients),
        "adam": optimizer_case(lambda p: torch.optim.Adam(p, betas=(0.9, 0.99), eps=1e-6), start, gradients),
        "sgd": optimizer_case(lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.8), start, gradients),
    },
    "crossEntropy": [
        cross_entropy_case(4, 7, 0.0, False),
        cross_entropy_case(5, 6, 0.1, False),
        cross_entropy_case(3, 9, 0.2, True),
    ],
}
Path(__file__).with_name("goldens.json").write_text(json.dumps(goldens) + "\n")
