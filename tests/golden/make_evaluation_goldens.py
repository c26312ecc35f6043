"""Writes tests/golden/evaluation/figures.json: what torchmetrics and PyTorch say of a tiny model on a text.

Run once, with torch, transformers and torchmetrics installed: python tests/golden/make_evaluation_goldens.py
The tiny GPT-2 is that of make_goldens.py. The windows are the loop of transformers' documentation on the
perplexity of fixed-length models, with max_length one above the tokens that the model sees, since the last token
of a window is only a target. Token i stands for a character of 1 + i % 3 bytes.
"""

import json
import math
import random

import torch
import torchmetrics
from torchmetrics.classification import MulticlassAccuracy
from torchmetrics.text import Perplexity

from make_goldens import LENGTH, OUT, fill, models

VOCABULARY = 29
TOP_K = 5


def windows(count, stride):
    """(begin, end, tokens to be counted at the end), as in the documentation."""
    previous_end = 0
    for begin in range(0, count, stride):
        end = min(begin + LENGTH + 1, count)
        yield begin, end, end - previous_end
        previous_end = end
        if end == count:
            return


def figures(model, tokens, trained_on, stride):
    perplexity = Perplexity(ignore_index=-100)
    accuracy = MulticlassAccuracy(VOCABULARY, average="micro", ignore_index=-100)
    top = MulticlassAccuracy(VOCABULARY, top_k=TOP_K, average="micro", ignore_index=-100)
    nats, counted, size = 0.0, 0, 0
    for begin, end, fresh in windows(len(tokens), stride):
        ids = tokens[begin:end]
        labels = torch.where(trained_on[begin:end], ids, -100)
        labels[:-fresh] = -100
        labels = labels[1:]
        with torch.no_grad():
            logits = model(ids[None, :-1]).logits[0]
        nats += torch.nn.functional.cross_entropy(logits, labels, ignore_index=-100, reduction="sum").item()
        kept = labels[labels != -100]
        counted += len(kept)
        size += sum(1 + int(token) % 3 for token in kept)
        if len(kept):
            perplexity.update(logits[None], labels[None])
            accuracy.update(logits, labels)
            top.update(logits, labels)
    return {
        "stride": stride,
        "loss": nats / counted,
        "perplexity": perplexity.compute().item(),
        "tokenCount": counted,
        "byteCount": size,
        "bitsPerByte": nats / math.log(2) / size,
        "tokenAccuracy": accuracy.compute().item(),
        "topKAccuracy": top.compute().item(),
    }


def main():
    name, model = next(iter(models()))
    assert name == "gpt2"
    model.eval()
    fill(model)
    rolled = random.Random(5)
    # Half of the text is what the model itself holds likely, so that accuracies are no mere chance.
    text = [3]
    while len(text) < 70:
        with torch.no_grad():
            likely = model(torch.tensor([text[-LENGTH:]])).logits[0, -1].topk(3).indices.tolist()
        text.append(rolled.choice(likely) if rolled.random() < 0.5 else rolled.randrange(VOCABULARY))
    tokens = torch.tensor(text)
    some = torch.tensor([rolled.random() < 0.6 for _ in text])
    every = torch.ones(len(text), dtype=torch.bool)
    golden = {
        "torch": torch.__version__,
        "torchmetrics": torchmetrics.__version__,
        "length": LENGTH,
        "topK": TOP_K,
        "tokens": text,
        "trainedOn": some.int().tolist(),
        "all": [figures(model, tokens, every, stride) for stride in (LENGTH, 4, 1)],
        "trained": [figures(model, tokens, some, stride) for stride in (LENGTH, 4)],
        # Shorter than one window.
        "short": [figures(model, tokens[:6], every[:6], LENGTH)],
    }
    folder = OUT.parent / "evaluation"
    folder.mkdir(exist_ok=True)
    (folder / "figures.json").write_text(json.dumps(golden) + "\n")


if __name__ == "__main__":
    main()
