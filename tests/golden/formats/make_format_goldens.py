"""Writes the golden files of the format tests. Needs numpy, torch, safetensors, transformers; run from anywhere.

mixed.safetensors  what Python's safetensors writes for one tensor of each element type
state-dict.pkl     what Python's own pickler writes for a small state dict (data.pkl of torch.save, without memo)
goldens.json       the tensors' values, hashes of half-precision roundings by numpy (f16) and torch (bf16),
                   and for small models of both forms the config.json and the state dict of transformers
"""
import collections, hashlib, io, json, pathlib, pickle

import numpy as np
import safetensors
import safetensors.torch
import torch
import transformers

here = pathlib.Path(__file__).parent


def mixed():
    f32 = torch.tensor([[0.5, -1.25, 3e-39], [float("inf"), -0.0, 65504.0]])
    tensors = {
        "a.f32": f32,
        "b.f16": f32.half(),
        "c.bf16": f32.bfloat16(),
        "d.i64": torch.tensor([-(2**63), 2**53 + 1]),
        "e.u8": torch.tensor([0, 1, 255], dtype=torch.uint8),
        "f.bool": torch.tensor([True, False]),
        "g.scalar": torch.tensor(2.5),
        "h.empty": torch.zeros(3, 0),
        "naïve ✓": torch.tensor([1.0, 2.0], dtype=torch.float64),
    }
    safetensors.torch.save_file(tensors, here / "mixed.safetensors", metadata={"format": "pt", "__proto__": "word"})
    described = {}
    for name, tensor in tensors.items():
        raw = tensor.reshape(-1).contiguous().view(torch.uint8).numpy().tobytes()
        dtype = str(tensor.dtype).removeprefix("torch.")
        described[name] = {"dtype": dtype, "shape": list(tensor.shape), "hex": raw.hex()}
        if tensor.dtype in (torch.float32, torch.float16, torch.bfloat16):
            described[name]["f32Hex"] = tensor.float().numpy().tobytes().hex()
    return described


class StateDictPickler(pickle._Pickler):
    """torch.save's pickler, in the fast mode that writes no memo."""

    def __init__(self, file):
        super().__init__(file, protocol=2)
        self.fast = True
        self.storages = {}

    def persistent_id(self, value):
        if isinstance(value, torch.storage.TypedStorage):
            key = self.storages.setdefault(value._cdata, str(len(self.storages)))
            kind = getattr(torch, torch.storage._dtype_to_storage_type_map()[value.dtype])
            return ("storage", kind, key, "cpu", value._size())
        return None


def state_dict():
    wte = torch.arange(300 * 300, dtype=torch.float32).reshape(300, 300)
    state = collections.OrderedDict()
    state["wte.weight"] = wte
    state["half"] = torch.zeros(2, 1, 3, 5, dtype=torch.float16)
    state["brain"] = torch.zeros(7, dtype=torch.bfloat16)
    state["scalar"] = torch.tensor(3, dtype=torch.int64)
    state["empty"] = torch.zeros(4, 0, 2)
    state["lm_head.weight"] = wte
    file = io.BytesIO()
    StateDictPickler(file).dump(state)
    (here / "state-dict.pkl").write_bytes(file.getvalue())
    assert len(file.getvalue()) < 4096


def roundings():
    # A walk over all float32 patterns that a test can repeat; NaNs are left out, their payloads are free.
    patterns = (np.arange(1 << 20, dtype=np.uint64) * 2654435761 % 2**32).astype(np.uint32)
    values = patterns.view(np.float32)
    values = values[~np.isnan(values)]
    with np.errstate(over="ignore"):
        f16 = values.astype(np.float16)
    bf16 = torch.from_numpy(values.copy()).bfloat16().view(torch.int16).numpy()
    digest = lambda array: hashlib.sha256(array.tobytes()).hexdigest()
    return {"count": int(values.size), "f16Sha256": digest(f16), "bf16Sha256": digest(bf16)}


def model_forms():
    gpt2 = dict(vocab_size=50, n_positions=16, n_embd=12, n_layer=2, n_head=3, n_inner=40, bos_token_id=None,
                eos_token_id=49, embd_pdrop=0.0, resid_pdrop=0.25, attn_pdrop=0.1, activation_function="gelu")
    llama = dict(vocab_size=50, hidden_size=12, intermediate_size=20, num_hidden_layers=2, num_attention_heads=3,
                 num_key_value_heads=1, head_dim=6, max_position_embeddings=64, rms_norm_eps=1e-5,
                 rope_parameters={"rope_theta": 5000.0, "rope_type": "default"}, bos_token_id=1, eos_token_id=[2, 3])
    makers = ((transformers.GPT2LMHeadModel, "gpt2", gpt2), (transformers.LlamaForCausalLM, "llama", llama))
    forms = {}
    for tied in (True, False):
        for make, name, settings in makers:
            model = make(make.config_class(**settings, tie_word_embeddings=tied, dtype="float32"))
            config = json.loads(model.config.to_json_string(use_diff=False)) | {"architectures": [make.__name__]}
            shapes = [[key, list(tensor.shape)] for key, tensor in model.state_dict().items()]
            forms[f"{name} {'tied' if tied else 'untied'}"] = {"config": config, "stateDict": shapes}
    return forms


if __name__ == "__main__":
    state_dict()
    goldens = {
        "madeBy": f"safetensors {safetensors.__version__}, torch {torch.__version__}, transformers {transformers.__version__}, numpy {np.__version__}",
        "mixed": mixed(),
        "roundings": roundings(),
        "models": model_forms(),
    }
    lines = [f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in goldens.items()]
    (here / "goldens.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
