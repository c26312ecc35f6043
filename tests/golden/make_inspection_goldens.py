"""Writes tests/golden/models/inspection.safetensors: attention weights and token losses that transformers computes.

Run once, with torch, transformers and safetensors installed: python tests/golden/make_inspection_goldens.py

The models are the folders of tests/golden/huggingface, opened with attention that hands its weights out. Each tensor
is `<folder>/<what>`: `ids` and `source` (read), `losses` of each token given those before it, and
`encoder.<layer>`, `decoder.<layer>`, `cross.<layer>` of shape (heads, rows, columns).
"""

from pathlib import Path

import torch
import transformers
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM, AutoModelForMaskedLM, AutoModelForSeq2SeqLM

OUT = Path(__file__).parent
LENGTH, SOURCE = 11, 9
DECODERS = ("gpt2", "llama3", "qwen2")
PAIRS = ("marian", "t5-small")


def opened(auto, name):
    model = auto.from_pretrained(OUT / "huggingface" / name, dtype=torch.float32, attn_implementation="eager")
    return model.eval()


def some_ids(count, vocab_size, step):
    """Never below 3: the smallest ids are padding and the like."""
    return torch.tensor([[3 + i * step % (vocab_size - 3) for i in range(count)]])


def losses(logits, ids):
    return torch.nn.functional.cross_entropy(logits[0, :-1].double(), ids[0, 1:], reduction="none").float()


def weights(kind, attentions):
    return {f"{kind}.{layer}": one[0].contiguous() for layer, one in enumerate(attentions)}


@torch.no_grad()
def decoder(name):
    model = opened(AutoModelForCausalLM, name)
    ids = some_ids(LENGTH, model.config.vocab_size, 7)
    out = model(input_ids=ids, output_attentions=True)
    return {"ids": ids[0], "losses": losses(out.logits, ids), **weights("decoder", out.attentions)}


@torch.no_grad()
def pair(name):
    model = opened(AutoModelForSeq2SeqLM, name)
    source, ids = (some_ids(count, model.config.vocab_size, step) for count, step in ((SOURCE, 5), (LENGTH, 7)))
    ids[0, 0] = model.config.decoder_start_token_id
    out = model(input_ids=source, decoder_input_ids=ids, output_attentions=True)
    return {
        "source": source[0], "ids": ids[0], "losses": losses(out.logits, ids),
        **weights("encoder", out.encoder_attentions), **weights("decoder", out.decoder_attentions),
        **weights("cross", out.cross_attentions),
    }


@torch.no_grad()
def encoder(name):
    model = opened(AutoModelForMaskedLM, name)
    ids = some_ids(LENGTH, model.config.vocab_size, 7)
    return {"ids": ids[0], **weights("encoder", model(input_ids=ids, output_attentions=True).attentions)}


def main():
    transformers.logging.disable_progress_bar()
    found = {name: decoder(name) for name in DECODERS}
    found |= {name: pair(name) for name in PAIRS}
    found["bert"] = encoder("bert")
    tensors = {
        f"{name}/{key}": (value.int() if value.dtype == torch.long else value).float()
        for name, one in found.items()
        for key, value in one.items()
    }
    save_file(tensors, OUT / "models" / "inspection.safetensors", metadata={"transformers": transformers.__version__})
    print({key: tuple(value.shape) for key, value in tensors.items()})


if __name__ == "__main__":
    main()
