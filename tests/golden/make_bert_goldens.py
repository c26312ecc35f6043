"""Writes tests/golden/models/bert*.safetensors and tests/golden/huggingface/bert*: what transformers computes.

Run once, with torch, transformers, tokenizers and safetensors installed: python tests/golden/make_bert_goldens.py

Of the models in models/ weights are not stored: both sides compute them by the formula of make_goldens.py. The
texts have unequal lengths and are padded on the right; whoever pads on the left must get the same numbers.
The folders in huggingface/ are what save_pretrained makes of both classes.
"""

import json
import shutil
from pathlib import Path

import torch
import transformers
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import BertConfig, BertForMaskedLM, BertForSequenceClassification, PreTrainedTokenizerFast

import make_goldens

OUT = Path(__file__).parent
LENGTH, LENGTHS, VOCAB, LABELS = 9, (9, 5, 7), 29, 3
SIZES = dict(
    hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=40,
    max_position_embeddings=12, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
)
TEXT = "The weaver threads the loom at dawn, and the loom hums like a bee in the warm mill by the river. " * 4
TEXTS = ["The weaver threads the loom.", "A bee in the warm mill by the river hums at dawn.", "dawn"]


def batch():
    """Token 0 is padding: transformers gives its row of the table no gradient, so no text holds it."""
    ids = torch.zeros(len(LENGTHS), LENGTH, dtype=torch.long)
    mask = torch.zeros_like(ids)
    labels = torch.full_like(ids, -100)
    for b, length in enumerate(LENGTHS):
        ids[b, :length] = (torch.arange(length) * 7 + b * 11) % (VOCAB - 1) + 1
        mask[b, :length] = 1
        labels[b, b % 2 : length : 3] = (ids[b, b % 2 : length : 3] * 5) % VOCAB
    return ids, mask, labels


def left(values, fill=0):
    """Rows of right-padded values with their padding moved to the left."""
    moved = torch.full_like(values, fill)
    for b, length in enumerate(LENGTHS):
        moved[b, LENGTH - length :] = values[b, :length]
    return moved


def losses_of(model, loss):
    parameters = list(model.parameters())
    matrices = [p for p in parameters if p.dim() >= 2]
    others = [p for p in parameters if p.dim() < 2]
    optimizer = torch.optim.AdamW(
        [dict(params=matrices, weight_decay=make_goldens.WEIGHT_DECAY), dict(params=others, weight_decay=0.0)],
        **make_goldens.TRAINING,
    )
    losses = []
    for _ in range(make_goldens.STEPS):
        optimizer.zero_grad()
        value = loss()
        value.backward()
        losses.append(value.item())
        torch.nn.utils.clip_grad_norm_(parameters, make_goldens.MAX_GRAD_NORM)
        optimizer.step()
    return torch.tensor(losses)


def write(name, model, labels):
    ids, mask, _ = batch()
    model.eval()
    parameters = make_goldens.fill(model)
    out = model(input_ids=ids, attention_mask=mask, labels=labels)
    out.loss.backward()
    states = model.bert(input_ids=ids, attention_mask=mask).last_hidden_state
    weights = mask[..., None].float()
    tensors = {
        "logits": out.logits.detach().contiguous(),
        "loss": out.loss.detach().reshape(1),
        "embeddings": ((states * weights).sum(1) / weights.sum(1)).detach().contiguous(),
    }
    if name == "bert":
        positions = left((torch.arange(LENGTH) * mask))
        moved = model(input_ids=left(ids), attention_mask=left(mask), position_ids=positions, labels=left(labels, -100))
        assert abs(moved.loss - out.loss) < 1e-6
    for key, p in parameters.items():
        # The pooler of a model that predicts hidden tokens, and segments that no text has.
        tensors[f"grad.{key}"] = torch.zeros_like(p) if p.grad is None else p.grad.detach().clone().contiguous()
    tensors["losses"] = losses_of(
        model, lambda: model(input_ids=ids, attention_mask=mask, labels=labels).loss
    )
    metadata = {"torch": torch.__version__, "transformers": transformers.__version__}
    save_file(tensors, OUT / "models" / f"{name}.safetensors", metadata=metadata)
    print(name, sorted(parameters), tensors["losses"].tolist())


def tokenizer():
    words = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    words.normalizer = normalizers.BertNormalizer()
    words.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    words.decoder = decoders.WordPiece()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    words.train_from_iterator(
        [TEXT], trainers.WordPieceTrainer(vocab_size=80, special_tokens=special, show_progress=False)
    )
    words.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=words, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]",
        mask_token="[MASK]",
    )


def save(name, model_class, dtype, **settings):
    words = tokenizer()
    config = BertConfig(vocab_size=len(words), **SIZES | dict(max_position_embeddings=32), **settings)
    model = model_class(config)
    with torch.no_grad():
        for p in model.parameters():
            if p.dim() == 1:
                p.add_(0.1 * torch.randn_like(p))
            else:
                p.normal_(std=0.3)
    folder = OUT / "huggingface" / name
    shutil.rmtree(folder, ignore_errors=True)
    model.to(dtype).save_pretrained(folder)
    words.save_pretrained(folder)
    opened = model_class.from_pretrained(folder, dtype=torch.float32).eval()
    given = words(TEXTS, padding=True, return_tensors="pt", return_token_type_ids=False)
    with torch.no_grad():
        logits = opened(**given).logits
    if logits.dim() == 3:
        logits = logits[:, 1]
    expected = {
        "transformers": transformers.__version__,
        "texts": TEXTS,
        "ids": given["input_ids"].tolist(),
        "lengths": given["attention_mask"].sum(1).tolist(),
        # Of the second token where the model predicts tokens.
        "logits": [[float(f"{value:.7g}") for value in row] for row in logits.tolist()],
    }
    (OUT / "huggingface" / f"{name}.json").write_text(json.dumps(expected) + "\n")
    print(name, sorted(path.name for path in folder.iterdir()), list(opened.state_dict())[:3])


def main():
    torch.manual_seed(0)
    transformers.logging.disable_progress_bar()
    _, _, labels = batch()
    write("bert", BertForMaskedLM(BertConfig(vocab_size=VOCAB, **SIZES)), labels)
    classifier = BertForSequenceClassification(BertConfig(vocab_size=VOCAB, num_labels=LABELS, **SIZES))
    write("bert-classifier", classifier, torch.tensor([2, 0, 1]))
    save("bert", BertForMaskedLM, torch.float32)
    names = {0: "calm", 1: "busy", 2: "other"}
    save("bert-classifier", BertForSequenceClassification, torch.bfloat16, id2label=names)


if __name__ == "__main__":
    main()
