"""Writes tests/golden/huggingface/{llama3,smollm2,qwen2,qwen3}*, models/qwen*.safetensors and models/rotary.json.

Run once, with torch, transformers, tokenizers and safetensors installed:
python tests/golden/make_family_goldens.py

Each folder is what save_pretrained makes of a family's published config.json, shrunk only in layers, width and
vocabulary: Llama-3.2-1B (llama3 rotary scaling, a template that adds a beginning), SmolLM2-135M, Qwen2.5-0.5B
(float16, tokens added behind the vocabulary) and Qwen3-0.6B (many files, heads wider than the model).
"""

import itertools
import json
import shutil
from pathlib import Path

import torch
import transformers
from safetensors.torch import save_file
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import AutoConfig, AutoModelForCausalLM, LlamaConfig, PreTrainedTokenizerFast
from transformers import Qwen2Config, Qwen2ForCausalLM, Qwen3Config, Qwen3ForCausalLM
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding

import make_goldens

OUT = Path(__file__).parent
TEXT = "The weaver threads the loom at dawn, and the loom hums like a bee in the warm mill by the river. " * 4
NEW_TOKENS, LENGTH = 20, 48
# What makes each family's random weights write a varied text that no rounding changes.
DISTINCT_TOKENS, MARGIN = 12, 1e-2
SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|%s| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)

PUBLISHED = {
    "llama3": dict(
        model_type="llama", attention_bias=False, attention_dropout=0.0, bos_token_id=0, eos_token_id=1,
        head_dim=64, hidden_act="silu", hidden_size=2048, initializer_range=0.02, intermediate_size=8192,
        max_position_embeddings=131072, mlp_bias=False, num_attention_heads=32, num_hidden_layers=16,
        num_key_value_heads=8, pretraining_tp=1, rms_norm_eps=1e-05, rope_theta=500000.0,
        rope_scaling=dict(
            factor=32.0, high_freq_factor=4.0, low_freq_factor=1.0, original_max_position_embeddings=8192,
            rope_type="llama3",
        ),
        tie_word_embeddings=True,
    ),
    "smollm2": dict(
        model_type="llama", attention_bias=False, attention_dropout=0.0, bos_token_id=0, eos_token_id=0,
        hidden_act="silu", hidden_size=576, initializer_range=0.041666666666666664, intermediate_size=1536,
        is_llama_config=True, max_position_embeddings=8192, mlp_bias=False, num_attention_heads=9,
        num_hidden_layers=30, num_key_value_heads=3, pretraining_tp=1, rms_norm_eps=1e-05,
        rope_interleaved=False, rope_scaling=None, rope_theta=100000, tie_word_embeddings=True,
    ),
    "qwen2": dict(
        model_type="qwen2", attention_dropout=0.0, bos_token_id=None, eos_token_id=None, hidden_act="silu",
        hidden_size=896, initializer_range=0.02, intermediate_size=4864, max_position_embeddings=32768,
        max_window_layers=24, num_attention_heads=14, num_hidden_layers=24, num_key_value_heads=2,
        rms_norm_eps=1e-06, rope_theta=1000000.0, sliding_window=32768, tie_word_embeddings=True,
        use_mrope=False, use_sliding_window=False,
    ),
    "qwen3": dict(
        model_type="qwen3", attention_bias=False, attention_dropout=0.0, bos_token_id=None, eos_token_id=None,
        head_dim=128, hidden_act="silu", hidden_size=1024, initializer_range=0.02, intermediate_size=3072,
        max_position_embeddings=40960, max_window_layers=28, num_attention_heads=16, num_hidden_layers=28,
        num_key_value_heads=8, rms_norm_eps=1e-06, rope_scaling=None, rope_theta=1000000, sliding_window=None,
        tie_word_embeddings=True, use_sliding_window=False,
    ),
}
SHRUNK = {
    "llama3": dict(hidden_size=24, head_dim=8, num_attention_heads=3, num_key_value_heads=1, intermediate_size=40),
    "smollm2": dict(hidden_size=36, intermediate_size=48),
    "qwen2": dict(hidden_size=24, num_attention_heads=4, num_key_value_heads=2, intermediate_size=40),
    "qwen3": dict(hidden_size=20, head_dim=8, num_attention_heads=4, num_key_value_heads=2, intermediate_size=36),
}
SAVING = {
    "llama3": dict(dtype=torch.bfloat16),
    "smollm2": dict(dtype=torch.bfloat16),
    "qwen2": dict(dtype=torch.float16),
    "qwen3": dict(dtype=torch.bfloat16, max_shard_size="16KB"),
}
PROMPTS = {
    "llama3": "<|begin_of_text|>The weaver",
    "smollm2": "<|im_start|>user\nThe weaver",
    "qwen2": "<|im_start|>user\nThe weaver",
    "qwen3": "<|im_start|>assistant\n<think>\n\n</think>\n\nThe weaver",
}


def trained(split, normalizer=None, special=()):
    """Byte-level BPE as the families cut text, before any token is added."""
    tokenizer = Tokenizer(models.BPE())
    if normalizer is not None:
        tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(split)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=280 + len(special), special_tokens=list(special),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False,
    )
    tokenizer.train_from_iterator([TEXT], trainer)
    return tokenizer


def split_by(pattern):
    return [
        pre_tokenizers.Split(Regex(pattern), behavior="isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ]


def llama3_tokenizer():
    begin, end = "<|begin_of_text|>", "<|end_of_text|>"
    tokenizer = trained(split_by(SPLIT % r"\p{N}{1,3}"), special=(begin, end))
    template = processors.TemplateProcessing(single=f"{begin} $A", pair=f"{begin} $A {begin} $B", special_tokens=[(begin, 0)])
    tokenizer.post_processor = processors.Sequence([processors.ByteLevel(trim_offsets=False), template])
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token=begin, eos_token=end)


def smollm2_tokenizer():
    splits = [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    tokenizer = trained(splits, special=("<|endoftext|>", "<|im_start|>", "<|im_end|>"))
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, bos_token="<|endoftext|>", eos_token="<|endoftext|>")


def qwen_tokenizer(*thoughts):
    tokenizer = trained(split_by(SPLIT % r"\p{N}"), normalizers.NFC())
    tokenizer.add_special_tokens(["<|endoftext|>", "<|im_start|>", "<|im_end|>"])
    tokenizer.add_tokens([AddedToken(content, normalized=False) for content in thoughts])
    return PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<|im_end|>", pad_token="<|endoftext|>")


TOKENIZERS = {
    "llama3": llama3_tokenizer,
    "smollm2": smollm2_tokenizer,
    "qwen2": qwen_tokenizer,
    "qwen3": lambda: qwen_tokenizer("<think>", "</think>"),
}


def randomize(model):
    with torch.no_grad():
        for name, p in model.named_parameters():
            if p.dim() == 1:
                p.add_(0.1 * torch.randn_like(p))
            else:
                p.normal_(std=0.35)


def save(name):
    for seed in itertools.count():
        torch.manual_seed(seed)
        if save_with_weights(name):
            return


def save_with_weights(name):
    tokenizer = TOKENIZERS[name]()
    # Published vocabularies hold more places than their tokenizers fill.
    ids = dict(vocab_size=-(-len(tokenizer) // 16) * 16)
    if PUBLISHED[name]["eos_token_id"] is None:
        ids.update(bos_token_id=tokenizer.pad_token_id, eos_token_id=tokenizer.eos_token_id)
    settings = PUBLISHED[name] | SHRUNK[name] | ids | dict(num_hidden_layers=2)
    model = AutoModelForCausalLM.from_config(AutoConfig.for_model(**settings))
    randomize(model)
    folder = OUT / "huggingface" / name
    shutil.rmtree(folder, ignore_errors=True)
    options = dict(SAVING[name])
    model.to(options.pop("dtype")).save_pretrained(folder, **options)
    tokenizer.save_pretrained(folder)
    opened = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    encode = lambda text: tokenizer(text, return_tensors="pt", add_special_tokens=False)["input_ids"]
    prompt, ids = encode(PROMPTS[name]), encode(PROMPTS[name] + TEXT)[:, : LENGTH + 1]
    assert ids.shape[1] == LENGTH + 1
    written, margins, sequence = [], [], prompt
    with torch.no_grad():
        logits = opened(ids[:, :-1]).logits
        loss = torch.nn.functional.cross_entropy(logits[0].double(), ids[0, 1:]).item()
        for _ in range(NEW_TOKENS):
            scores = opened(sequence).logits[0, -1]
            scores[len(tokenizer):] = -torch.inf
            written.append(scores.argmax().item())
            margins.append(-scores.topk(2).values.diff().item())
            sequence = torch.cat([sequence, scores.argmax().view(1, 1)], dim=1)
    is_varied = len(set(written)) >= DISTINCT_TOKENS and min(margins) > MARGIN
    if tokenizer.eos_token_id in written or not is_varied:
        return False
    expected = {
        "transformers": transformers.__version__, "prompt": PROMPTS[name], "promptIds": prompt[0].tolist(),
        "text": PROMPTS[name] + TEXT, "ids": ids[0].tolist(), "loss": loss, "writtenIds": written,
        "lastLogits": [float(f"{value:.7g}") for value in logits[0, -1].tolist()],
    }
    (OUT / "huggingface" / f"{name}.json").write_text(json.dumps(expected) + "\n")
    print(name, loss, repr(tokenizer.decode(written)), sorted(path.name for path in folder.iterdir()))
    return True


def tiny_models():
    settings = dict(
        vocab_size=29, hidden_size=16, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
        head_dim=6, intermediate_size=20, max_position_embeddings=12, rms_norm_eps=1e-6, tie_word_embeddings=False,
    )
    yield "qwen2", Qwen2ForCausalLM(Qwen2Config(**settings, rope_theta=1e6))
    yield "qwen3", Qwen3ForCausalLM(Qwen3Config(**settings, rope_theta=1e6))


def rotary():
    """inv_freq of each kind, in the settings of this project's config.json."""
    def llama3(factor, low, high, original):
        return dict(
            rope_type="llama3", factor=factor, low_freq_factor=low, high_freq_factor=high,
            original_max_position_embeddings=original,
        )
    cases = [
        (64, 10000.0, None), (128, 1000000.0, None), (80, 500000.0, None),
        (64, 10000.0, dict(rope_type="linear", factor=4.0)), (128, 500000.0, dict(rope_type="linear", factor=2.5)),
        (64, 500000.0, llama3(32.0, 1.0, 4.0, 8192)), (128, 500000.0, llama3(8.0, 1.0, 4.0, 8192)),
        (96, 10000.0, llama3(4.0, 2.0, 3.5, 2048)),
    ]
    written = []
    for head_dim, theta, scaling in cases:
        settings = dict(
            vocab_size=8, hidden_size=2 * head_dim, intermediate_size=8, num_hidden_layers=1, num_attention_heads=2,
            num_key_value_heads=2, head_dim=head_dim, max_position_embeddings=32768, rope_theta=theta,
            rope_scaling=scaling,
        )
        config = {"model_type": "llama"} | settings
        frequencies = LlamaRotaryEmbedding(LlamaConfig(**settings)).inv_freq.tolist()
        written.append({"config": config, "inverseFrequencies": [float(f"{value:.9g}") for value in frequencies]})
    lines = ",\n".join(json.dumps(one) for one in written)
    (OUT / "models" / "rotary.json").write_text(f"[\n{lines}\n]\n")


def main():
    transformers.logging.disable_progress_bar()
    for name in PUBLISHED:
        save(name)
    make_goldens.write(tiny_models())
    rotary()


if __name__ == "__main__":
    main()
