"""Writes tests/golden/formats/gguf-*: GGUF files as llama.cpp's own Python package writes them.

Run once, with gguf, numpy, torch, safetensors and transformers installed:
python tests/golden/formats/make_gguf_goldens.py

gguf-quants.gguf: a tensor of each type, and a key of each kind; gguf-quants.safetensors: what the package makes of
their values. gguf-FORM.gguf: the models of tests/golden/huggingface with the package's names for their tensors, in
types that hold them exactly.
"""

import json
from pathlib import Path

import gguf
import numpy as np
import torch
from gguf.quants import dequantize, quantize
from safetensors.numpy import save_file
from safetensors.torch import load_file

OUT = Path(__file__).parent
MODELS = OUT.parent / "huggingface"
Type = gguf.GGMLQuantizationType


def k_blocks(rng, qtype, count):
    """Blocks of a type that the package reads but does not write: any bits, with small scales."""
    _, size = gguf.GGML_QUANT_SIZES[qtype]
    blocks = rng.integers(0, 256, (count, size), dtype=np.uint8)
    places = (0, 2) if qtype == Type.Q4_K else (size - 2,)
    for place in places:
        scales = (rng.standard_normal(count) * 0.01).astype(np.float16)
        blocks[:, place : place + 2] = scales.view(np.uint8).reshape(count, 2)
    return blocks


def quants():
    rng = np.random.default_rng(7)
    values = (rng.standard_normal((6, 256)) * np.array([[1], [1e-3], [30], [0], [6e-6], [1]])).astype(np.float32)
    values[5, :32] = np.linspace(-1.27, 1.27, 32)
    writer = gguf.GGUFWriter(OUT / "gguf-quants.gguf", "none")
    writer.add_uint8("kind.u8", 200)
    writer.add_int8("kind.i8", -100)
    writer.add_uint16("kind.u16", 60_000)
    writer.add_int16("kind.i16", -30_000)
    writer.add_uint32("kind.u32", 4_000_000_000)
    writer.add_int32("kind.i32", -2_000_000_000)
    writer.add_uint64("kind.u64", 2**53 - 1)
    writer.add_int64("kind.i64", -(2**53) + 1)
    writer.add_float32("kind.f32", 1e-5)
    writer.add_float64("kind.f64", 0.1)
    writer.add_bool("kind.bool", True)
    writer.add_string("kind.string", "Grüße, 世界")
    writer.add_array("kind.strings", ["a", "", "ß"])
    writer.add_array("kind.i32s", [-1, 0, 7])
    writer.add_array("kind.f32s", [0.5, -2.0])
    writer.add_array("kind.bools", [True, False])
    expected = {"source": values}
    for qtype in (Type.F32, Type.F16, Type.BF16, Type.Q8_0, Type.Q4_0, Type.Q4_1):
        data = quantize(values, qtype)
        expected[qtype.name] = dequantize(data, qtype).reshape(values.shape)
        # Stored as bytes, F16 and F32 apart.
        writer.add_tensor(qtype.name, data, raw_dtype=None if qtype in (Type.F32, Type.F16) else qtype)
    for qtype in (Type.Q4_K, Type.Q6_K):
        data = k_blocks(rng, qtype, 6)
        expected[qtype.name] = dequantize(data, qtype)
        writer.add_tensor(qtype.name, data, raw_dtype=qtype)
    writer.add_tensor("other", quantize(values, Type.Q5_0), raw_dtype=Type.Q5_0)
    close(writer)
    save_file({k: np.ascontiguousarray(v) for k, v in expected.items()}, OUT / "gguf-quants.safetensors")


def close(writer):
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def permute(weights, heads):
    """As LlamaModel.permute of convert_hf_to_gguf.py."""
    return weights.reshape(heads, 2, weights.shape[0] // heads // 2, *weights.shape[1:]).swapaxes(1, 2).reshape(weights.shape)


def add_tokenizer(writer, folder, config, pre):
    data = json.loads((folder / "tokenizer.json").read_text())
    settings = json.loads((folder / "tokenizer_config.json").read_text())
    added = {token["id"]: token for token in data["added_tokens"]}
    by_id = {id: token for token, id in data["model"]["vocab"].items()}
    by_id.update({id: token["content"] for id, token in added.items()})
    tokens, types = [], []
    for id in range(config["vocab_size"]):
        tokens.append(by_id.get(id, f"[PAD{id}]"))
        kind = gguf.TokenType.NORMAL if id in by_id else gguf.TokenType.UNUSED
        if id in added:
            kind = gguf.TokenType.CONTROL if added[id]["special"] else gguf.TokenType.USER_DEFINED
        types.append(kind)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(pre)
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    writer.add_token_merges([m if isinstance(m, str) else " ".join(m) for m in data["model"]["merges"]])
    ids = {content: id for id, content in by_id.items()}
    for name, add in (("bos", writer.add_bos_token_id), ("eos", writer.add_eos_token_id), ("pad", writer.add_pad_token_id)):
        if settings.get(f"{name}_token") is not None:
            add(ids[settings[f"{name}_token"]])
    if "bos_token" in json.dumps(data["post_processor"]) or "SpecialToken" in json.dumps(data["post_processor"]):
        writer.add_add_bos_token(True)


def model(name, form, pre):
    folder = MODELS / name
    config = json.loads((folder / "config.json").read_text())
    arch = getattr(gguf.MODEL_ARCH, form.upper())
    writer = gguf.GGUFWriter(OUT / f"gguf-{name}.gguf", form)
    writer.add_type(gguf.GGUFType.MODEL)
    layers = config.get("num_hidden_layers", config.get("n_layer"))
    heads = config.get("num_attention_heads", config.get("n_head"))
    width = config.get("hidden_size", config.get("n_embd"))
    writer.add_context_length(config.get("max_position_embeddings", config.get("n_positions")))
    writer.add_embedding_length(width)
    writer.add_block_count(layers)
    writer.add_feed_forward_length(config.get("intermediate_size") or 4 * width)
    writer.add_head_count(heads)
    kv_heads = config.get("num_key_value_heads", heads)
    if form == "gpt2":
        writer.add_layer_norm_eps(config["layer_norm_epsilon"])
    else:
        writer.add_head_count_kv(kv_heads)
        writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
        rope = config["rope_parameters"]
        writer.add_rope_freq_base(rope["rope_theta"])
        head_dim = config.get("head_dim", width // heads)
        writer.add_rope_dimension_count(head_dim)
        if form != "qwen2":
            writer.add_key_length(head_dim)
            writer.add_value_length(head_dim)
        if rope["rope_type"] == "llama3":
            # LlamaModel.generate_extra_tensors of convert_hf_to_gguf.py.
            freqs = 1.0 / (rope["rope_theta"] ** (torch.arange(0, head_dim, 2, dtype=torch.float32) / head_dim))
            low, high = rope["low_freq_factor"], rope["high_freq_factor"]
            old = rope["original_max_position_embeddings"]
            factors = []
            for freq in freqs:
                wavelen = 2 * np.pi / freq
                if wavelen < old / high:
                    factors.append(1)
                elif wavelen > old / low:
                    factors.append(rope["factor"])
                else:
                    smooth = (old / wavelen - low) / (high - low)
                    factors.append(1 / ((1 - smooth) / rope["factor"] + smooth))
            writer.add_tensor("rope_freqs.weight", np.array(factors, dtype=np.float32))
    add_tokenizer(writer, folder, config, pre)
    names = gguf.get_tensor_name_map(arch, layers)
    state = {}
    for file in sorted(folder.glob("*.safetensors")):
        state.update(load_file(file))
    for key, tensor in state.items():
        kind = tensor.dtype
        values = tensor.float().numpy()
        if form == "gpt2" and key.endswith((".c_attn.weight", ".c_proj.weight", ".c_fc.weight")):
            values = np.ascontiguousarray(values.T)
        if form == "llama" and key.endswith("q_proj.weight"):
            values = permute(values, heads)
        if form == "llama" and key.endswith("k_proj.weight"):
            values = permute(values, kv_heads)
        new_name = names.get_name(key, try_suffixes=(".weight", ".bias"))
        assert new_name is not None, key
        if values.ndim == 1 or kind == torch.float32:
            writer.add_tensor(new_name, values)
        elif kind == torch.float16:
            writer.add_tensor(new_name, values.astype(np.float16))
        else:
            writer.add_tensor(new_name, quantize(values, Type.BF16), raw_dtype=Type.BF16)
    close(writer)


if __name__ == "__main__":
    quants()
    model("gpt2", "gpt2", "gpt-2")
    model("llama3", "llama", "dbrx")
    model("qwen2", "qwen2", "qwen2")
    model("qwen3", "qwen3", "qwen2")
    model("smollm2", "llama", "smollm")
    for path in sorted(OUT.glob("gguf-*")):
        print(path.name, path.stat().st_size)
