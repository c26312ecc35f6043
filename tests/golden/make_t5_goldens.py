"""Writes tests/golden/models/t5-* and huggingface/t5-*: what transformers' T5ForConditionalGeneration computes.

Run once, with torch, transformers, tokenizers and safetensors installed: python tests/golden/make_t5_goldens.py
The first T5 shares and scales its table and has ReLU; 1.1 has a head of its own and a gate. Weights are those of
make_goldens.py's formula. Sources have unequal lengths; some targets are ignored. Distances go beyond the buckets'
longest. t5-buckets.json: the first distance of each bucket, as encoder and decoder tell distances apart.
The folders are what save_pretrained makes of t5-small's and t5-v1_1-small's published settings, shrunk.
"""

import itertools
import json
import shutil

import torch
import transformers
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from torch import nn
from transformers import PreTrainedTokenizerFast, T5Config, T5ForConditionalGeneration
from transformers.models.t5.modeling_t5 import T5Attention

from make_goldens import MAX_GRAD_NORM, OUT, STEPS, TRAINING, WEIGHT_DECAY, fill

BATCH, SOURCE, LENGTH, VOCAB = 2, 13, 10, 29
SOURCE_LENGTHS = torch.tensor([13, 6])
SIZES = dict(
    vocab_size=VOCAB, d_model=16, d_kv=6, num_heads=3, d_ff=20, relative_attention_num_buckets=8,
    relative_attention_max_distance=7, dropout_rate=0.0, decoder_start_token_id=0,
)
FORMS = {
    "t5-v1_0": dict(num_layers=2, num_decoder_layers=1, feed_forward_proj="relu", tie_word_embeddings=True),
    "t5-v1_1": dict(num_layers=1, num_decoder_layers=2, feed_forward_proj="gated-gelu", tie_word_embeddings=False),
}
BUCKETS = [(32, 128), (8, 7), (64, 256), (5, 20), (16, 1000), (128, 65), (33, 300), (4, 3)]

SOURCES = ["The weaver threads the loom at dawn, and the loom hums like a bee.", "A bee hums."]
TARGETS = ["Der Webstuhl summt wie eine Biene", "Eine Biene summt"]
# What makes random weights write varied texts that no rounding changes.
NEW_TOKENS, DISTINCT_TOKENS, MARGIN = 10, 5, 1e-3
PUBLISHED = {
    "t5-small": dict(
        d_model=512, d_kv=64, d_ff=2048, num_layers=6, num_decoder_layers=6, num_heads=8, feed_forward_proj="relu",
        relative_attention_num_buckets=32, relative_attention_max_distance=128, dropout_rate=0.1, n_positions=512,
        initializer_factor=1.0, layer_norm_epsilon=1e-06,
    ),
    "t5-v1_1-small": dict(
        d_model=512, d_kv=64, d_ff=1024, num_layers=8, num_decoder_layers=8, num_heads=6,
        feed_forward_proj="gated-gelu", relative_attention_num_buckets=32, dropout_rate=0.1, initializer_factor=1.0,
        layer_norm_epsilon=1e-06, tie_word_embeddings=False,
    ),
}
SHRUNK = dict(d_model=16, d_kv=6, d_ff=24, num_heads=3, num_layers=2, num_decoder_layers=2)


def build(form):
    config = T5Config(**SIZES, **form)
    model = T5ForConditionalGeneration._from_config(config, attn_implementation="eager")
    if not form["tie_word_embeddings"]:
        # transformers 5 ties what it opens without a head of its own, whatever the config says.
        model.lm_head.weight = nn.Parameter(torch.empty(VOCAB, SIZES["d_model"]))
    assert config.scale_decoder_outputs == form["tie_word_embeddings"]
    assert (model.lm_head.weight is model.shared.weight) == form["tie_word_embeddings"]
    return model.train()


def write_model(name, form):
    source = torch.arange(BATCH * SOURCE).reshape(BATCH, SOURCE) * 5 % VOCAB
    tokens = torch.arange(BATCH * (LENGTH + 1)).reshape(BATCH, LENGTH + 1) * 7 % VOCAB
    ids, targets = tokens[:, :-1].contiguous(), tokens[:, 1:].clone()
    targets[1, -2:] = -100
    mask = (torch.arange(SOURCE) < SOURCE_LENGTHS[:, None]).long()
    model = build(form)
    parameters = fill(model)

    def run():
        return model(input_ids=source, attention_mask=mask, decoder_input_ids=ids, labels=targets)

    result = run()
    result.loss.backward()
    tensors = {"logits": result.logits.detach().contiguous(), "loss": result.loss.detach().reshape(1)}
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
        loss = run().loss
        loss.backward()
        losses.append(loss.item())
        nn.utils.clip_grad_norm_(parameters.values(), MAX_GRAD_NORM)
        optimizer.step()
    tensors["losses"] = torch.tensor(losses)
    metadata = {"torch": torch.__version__, "transformers": transformers.__version__}
    save_file(tensors, OUT / f"{name}.safetensors", metadata=metadata)
    print(name, len(parameters), json.dumps([round(x, 5) for x in losses]))


def buckets():
    def firsts(count, longest, bidirectional, sign):
        distances = torch.arange(longest + 40)
        found = T5Attention._relative_position_bucket(sign * distances, bidirectional, count, longest).tolist()
        return [[d, b] for d, b in enumerate(found) if d == 0 or b != found[d - 1]]

    cases = [
        dict(
            buckets=count, longest=longest,
            before=firsts(count, longest, True, -1), behind=firsts(count, longest, True, 1),
            causal=firsts(count, longest, False, -1),
        )
        for count, longest in BUCKETS
    ]
    lines = ",\n".join(json.dumps(case) for case in cases)
    (OUT / "t5-buckets.json").write_text(f"[\n{lines}\n]\n")


def unigram():
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=64, special_tokens=["<pad>", "</s>", "<unk>"], unk_token="<unk>", show_progress=False
    )
    tokenizer.train_from_iterator((SOURCES + TARGETS) * 4, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="<pad>", eos_token="</s>", unk_token="<unk>", padding_side="right"
    )


def randomize(model):
    with torch.no_grad():
        for key, p in model.named_parameters():
            if p.dim() == 1:
                p.add_(0.1 * torch.randn_like(p))
            else:
                p.normal_(std=1.0 if "shared" in key or "bias" in key else 0.4)


def greedy(model, tokenizer, given):
    """Without padding, end and unknown token and what the tokenizer lacks; None where two tokens are too near."""
    written = torch.full((len(SOURCES), 1), tokenizer.pad_token_id)
    for _ in range(NEW_TOKENS):
        scores = model(**given, decoder_input_ids=written).logits[:, -1]
        scores[:, :3], scores[:, len(tokenizer):] = -torch.inf, -torch.inf
        if -scores.topk(2).values.diff().max() < MARGIN:
            return None
        written = torch.cat([written, scores.argmax(dim=1, keepdim=True)], dim=1)
    rows = written[:, 1:].tolist()
    return rows if len(set(sum(rows, []))) >= DISTINCT_TOKENS else None


@torch.no_grad()
def write_folder(name, settings):
    tokenizer = unigram()
    pad = tokenizer.pad_token_id
    source = tokenizer(SOURCES, padding=True, return_tensors="pt")
    target = tokenizer(TARGETS, padding=True, return_tensors="pt")["input_ids"]
    ids = torch.cat([torch.full((2, 1), pad), target[:, :-1]], dim=1)
    given = {key: source[key] for key in ("input_ids", "attention_mask")}
    config = T5Config(
        **settings | SHRUNK, vocab_size=len(tokenizer) + 5, pad_token_id=pad, eos_token_id=tokenizer.eos_token_id,
        decoder_start_token_id=pad,
    )
    model = T5ForConditionalGeneration(config).eval()
    if not config.scale_decoder_outputs:
        model.lm_head.weight = nn.Parameter(torch.empty(config.vocab_size, config.d_model))
    for seed in itertools.count():
        torch.manual_seed(seed)
        randomize(model)
        if greedy(model, tokenizer, given):
            break
    folder = OUT.parent / "huggingface" / name
    shutil.rmtree(folder, ignore_errors=True)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    opened = T5ForConditionalGeneration.from_pretrained(folder).eval()
    assert torch.equal(opened.lm_head.weight, opened.shared.weight) == config.scale_decoder_outputs
    logits, written = opened(**given, decoder_input_ids=ids).logits, greedy(opened, tokenizer, given)
    expected = {
        "transformers": transformers.__version__,
        "sources": SOURCES,
        "sourceIds": source["input_ids"].tolist(),
        "sourceLengths": source["attention_mask"].sum(1).tolist(),
        "ids": ids.tolist(),
        "lastLogits": [[float(f"{value:.7g}") for value in row] for row in logits[:, -1].tolist()],
        "logitsSum": logits.double().abs().sum().item(),
        "writtenIds": written,
    }
    folder.with_suffix(".json").write_text(json.dumps(expected) + "\n")
    print(name, seed, sorted(path.name for path in folder.iterdir()), written, flush=True)


def main():
    transformers.logging.disable_progress_bar()
    torch.manual_seed(0)
    for name, form in FORMS.items():
        write_model(name, form)
    buckets()
    for name, settings in PUBLISHED.items():
        write_folder(name, settings)


if __name__ == "__main__":
    main()
