"""Writes tests/golden/huggingface/*: model folders as transformers saves them, and what it computes with them.

Run once, with torch, transformers, tokenizers and safetensors installed:
python tests/golden/make_huggingface_goldens.py

gpt2: float32 in several files with an index, byte-level BPE. llama: bfloat16 in one file, a tokenizer of words
that only @huggingface/tokenizers reads, and room for more tokens than it has.
"""

import json
import shutil
from pathlib import Path

import torch
import transformers
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import AutoModelForCausalLM, GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM
from transformers import PreTrainedTokenizerFast

OUT = Path(__file__).parent / "huggingface"
TEXT = "The weaver threads the loom at dawn, and the loom hums like a bee in the warm mill by the river. " * 4
PROMPT = "The weaver threads"
NEW_TOKENS, CONTEXT, SEED = 20, 32, 4


def byte_level_bpe():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=300, special_tokens=["<|endoftext|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False,
    )
    tokenizer.train_from_iterator([TEXT], trainer)
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<|endoftext|>")


def unigram():
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=60, special_tokens=["<unk>", "[END]"], unk_token="<unk>", show_progress=False
    )
    tokenizer.train_from_iterator([TEXT], trainer)
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="<unk>", eos_token="[END]")


def gpt2(vocab_size):
    return GPT2LMHeadModel(GPT2Config(
        vocab_size=vocab_size, n_embd=16, n_layer=2, n_head=2, n_positions=CONTEXT, initializer_range=0.4,
        embd_pdrop=0.0, resid_pdrop=0.0, attn_pdrop=0.0, bos_token_id=0, eos_token_id=0,
    ))


def llama(vocab_size):
    return LlamaForCausalLM(LlamaConfig(
        vocab_size=vocab_size + 7, hidden_size=16, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2, intermediate_size=24, max_position_embeddings=CONTEXT, rope_theta=500.0,
        initializer_range=0.4, tie_word_embeddings=False, bos_token_id=1, eos_token_id=1,
    ))


def save(name, tokenizer, model, dtype, **options):
    folder = OUT / name
    shutil.rmtree(folder, ignore_errors=True)
    with torch.no_grad():
        for p in model.parameters():
            if p.dim() == 1:
                p.add_(0.1 * torch.randn_like(p))
    model.to(dtype).save_pretrained(folder, **options)
    tokenizer.save_pretrained(folder)
    opened = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    ids = tokenizer(TEXT, return_tensors="pt", add_special_tokens=False)["input_ids"][:, : CONTEXT + 1]
    prompt = tokenizer(PROMPT, return_tensors="pt", add_special_tokens=False)["input_ids"]
    written = []
    with torch.no_grad():
        logits = opened(ids[:, :-1]).logits
        loss = torch.nn.functional.cross_entropy(logits[0].double(), ids[0, 1:]).item()
        sequence = prompt
        for _ in range(NEW_TOKENS):
            scores = opened(sequence).logits[0, -1]
            # Neither the unknown token nor what the tokenizer does not have.
            scores[len(tokenizer):] = -torch.inf
            if tokenizer.unk_token_id is not None:
                scores[tokenizer.unk_token_id] = -torch.inf
            written.append(scores.argmax().item())
            sequence = torch.cat([sequence, scores.argmax().view(1, 1)], dim=1)
    assert tokenizer.eos_token_id not in written, "the text ends too early: choose another seed"
    expected = {
        "transformers": transformers.__version__, "prompt": PROMPT, "promptIds": prompt[0].tolist(),
        "text": TEXT, "ids": ids[0].tolist(), "loss": loss, "writtenIds": written,
    }
    (OUT / f"{name}.json").write_text(json.dumps(expected) + "\n")
    print(name, loss, repr(tokenizer.decode(written)), sorted(path.name for path in folder.iterdir()))


def main():
    torch.manual_seed(SEED)
    OUT.mkdir(exist_ok=True)
    words = byte_level_bpe()
    save("gpt2", words, gpt2(len(words)), torch.float32, max_shard_size="16KB")
    pieces = unigram()
    save("llama", pieces, llama(len(pieces)), torch.bfloat16)


if __name__ == "__main__":
    main()
