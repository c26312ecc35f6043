"""A small Marian model and a small T5 with random weights, and what transformers' `generate` writes with
them for one padded batch of sources, greedily and with beams. Writes
tests/golden/generation/targets.json, t5.safetensors and marian.safetensors, the latter under the names
that nn.Transformer has, queries, keys and values apart."""

import json
import re
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import GenerationConfig, MarianConfig, MarianMTModel, T5Config, T5ForConditionalGeneration

END, PAD, VOCAB, LONGEST = 0, 28, 29, 14
HERE = Path(__file__).parent / "generation"
NAMES = [
    (r"^model\.(encoder|decoder)\.layers", r"transformer.\1.layers"),
    (r"^model\.encoder\.embed_tokens", "src_tok_emb"),
    (r"^model\.decoder\.embed_tokens", "tgt_tok_emb"),
    (r"^lm_head", "generator"),
    (r"\.self_attn_layer_norm\.", ".norm1."),
    (r"\.encoder_attn_layer_norm\.", ".norm2."),
    (r"(encoder\.layers\.\d+)\.final_layer_norm\.", r"\1.norm2."),
    (r"(decoder\.layers\.\d+)\.final_layer_norm\.", r"\1.norm3."),
    (r"\.encoder_attn\.", ".multihead_attn."),
    (r"\.fc([12])\.", r".linear\1."),
]


def renamed(name):
    for pattern, by in NAMES:
        name = re.sub(pattern, by, name)
    return name


def spread(name):
    if "norm" in name:
        return 0.0
    if name.endswith("bias"):
        return 0.05
    if name == "lm_head.weight":
        return 0.5
    return 1.5 if "embed_tokens" in name or name == "shared.weight" else 0.3


def with_random_weights(model, generator):
    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            if "embed_positions" in name:
                continue
            offset = 1.0 if name.endswith("norm.weight") else 0.0
            parameter.copy_(offset + spread(name) * torch.randn(parameter.shape, generator=generator))
        # Targets are to end now and then.
        model.lm_head.weight[END] *= 2.2
    return model.eval()


def save(model, name, rename=str):
    left_out = ("embed_positions", "model.shared.weight")
    weights = {
        rename(key): parameter.detach().clone()
        for key, parameter in model.named_parameters()
        if not any(part in key for part in left_out)
    }
    save_file(weights, HERE / f"{name}.safetensors")


def written(model, sources):
    width = max(map(len, sources))
    ids = torch.tensor([source + [PAD] * (width - len(source)) for source in sources])
    cases = []
    for beams, penalty, early in [(1, 1.0, False), (4, 1.0, False), (3, 0.6, True)]:
        out = model.generate(
            input_ids=ids,
            attention_mask=(ids != PAD).long(),
            generation_config=GenerationConfig(
                num_beams=beams,
                **({"length_penalty": penalty, "early_stopping": early} if beams > 1 else {}),
                do_sample=False,
                max_new_tokens=LONGEST,
                decoder_start_token_id=PAD,
                pad_token_id=PAD,
                eos_token_id=END,
                suppress_tokens=[PAD],
            ),
        )
        targets = [[token for token in row if token not in (END, PAD)] for row in out.tolist()]
        cases.append({"numBeams": beams, "lengthPenalty": penalty, "earlyStopping": early, "targets": targets})
    return cases


# Heads are matrices of their own: with a tied one, random weights repeat one token for ever.
marian = MarianMTModel(
    MarianConfig(
        vocab_size=VOCAB,
        d_model=16,
        encoder_layers=2,
        decoder_layers=2,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=32,
        decoder_ffn_dim=32,
        max_position_embeddings=40,
        activation_function="relu",
        scale_embedding=False,
        decoder_start_token_id=PAD,
        tie_word_embeddings=False,
        pad_token_id=PAD,
        eos_token_id=END,
        forced_eos_token_id=None,
        attn_implementation="eager",
    )
)
t5 = T5ForConditionalGeneration(
    T5Config(
        vocab_size=VOCAB,
        d_model=16,
        d_kv=8,
        d_ff=24,
        num_layers=2,
        num_decoder_layers=2,
        num_heads=2,
        relative_attention_num_buckets=8,
        relative_attention_max_distance=20,
        feed_forward_proj="gated-gelu",
        tie_word_embeddings=False,
        decoder_start_token_id=PAD,
        pad_token_id=PAD,
        eos_token_id=END,
    )
)
# transformers 5 ties what it opens without a head of its own, whatever the config says.
t5.lm_head.weight = torch.nn.Parameter(torch.empty(VOCAB, 16))

generator = torch.Generator().manual_seed(4)
with_random_weights(marian, generator)
sources = [
    [1 + int(value) for value in torch.randint(0, VOCAB - 2, (length - 1,), generator=generator)] + [END]
    for length in [5, 1, 20, 9, 2, 14, 33, 7, 3, 11, 6]
]
with_random_weights(t5, torch.Generator().manual_seed(5))

HERE.mkdir(exist_ok=True)
save(marian, "marian", renamed)
save(t5, "t5")
golden = {
    "start": PAD,
    "end": END,
    "maxNewTokens": LONGEST,
    "sources": sources,
    "cases": {"marian": written(marian, sources), "t5": written(t5, sources)},
}
(HERE / "targets.json").write_text(json.dumps(golden) + "\n")
