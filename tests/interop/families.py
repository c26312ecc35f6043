"""Opens with transformers what Heddle exports of the decoder families' models, as they came and fine-tuned.

python tests/interop/families.py [--node PATH]

The model exported as it came must have the weights and the settings of the folder that save_pretrained wrote;
the fine-tuned one must open without a complaint, agree with its model.py and write the same greedy text.
"""
import argparse, json, pathlib, runpy, subprocess, tempfile

import torch
import transformers

# Relative to the largest logit; only the order of float32 operations differs.
TOLERANCE = 1e-5
TEXT = "<|im_start|>The weaver threads the loom at dawn.<|im_end|> A bee hums: it's 3 o'clock."
# How a file was saved, and which tokens stand at the ends; what Heddle writes more is checked by name.
FREE = {"_name_or_path", "dtype", "torch_dtype", "transformers_version", "bos_token_id", "pad_token_id", "use_bias"}
here = pathlib.Path(__file__).parent


def opened(folder):
    model, info = transformers.AutoModelForCausalLM.from_pretrained(
        folder, output_loading_info=True, dtype=torch.float32
    )
    problems = {key: value for key, value in info.items() if value}
    assert not problems, problems
    return model.eval()


def check_same(source, folder):
    one, other = opened(source), opened(folder)
    assert type(one) is type(other)
    weights = other.state_dict()
    assert all(torch.equal(values, weights[name]) for name, values in one.state_dict().items())
    before, after = one.config.to_dict(), other.config.to_dict()
    differing = {key: (value, after.get(key)) for key, value in before.items() if key not in FREE and after.get(key) != value}
    # A switched-off window's reach, and a width that transformers takes for granted when it is null.
    differing.pop("max_window_layers", None)
    differing.pop("n_inner", None)
    unread = {"is_llama_config", "rope_interleaved", "use_mrope"}
    assert set(differing) <= unread, differing
    ids = [transformers.AutoTokenizer.from_pretrained(path)(TEXT)["input_ids"] for path in (source, folder)]
    assert ids[0] == ids[1]
    beginnings = one.config.bos_token_id, other.config.bos_token_id
    assert beginnings[0] == beginnings[1] or one.config.model_type.startswith("qwen"), beginnings


def check_tuned(folder, expected):
    model = opened(folder / "tuned")
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder / "tuned")
    plain = runpy.run_path(str(folder / "pth" / "model.py"))["model"]
    plain.load_state_dict(torch.load(folder / "pth" / "model.pth", weights_only=True), strict=True)
    prompt = tokenizer(expected["prompt"], return_tensors="pt", add_special_tokens=False)["input_ids"]
    count = expected["tokenCount"]
    with torch.no_grad():
        ids = model.generate(prompt, max_new_tokens=count, do_sample=False)
        logits = model(ids).logits
        difference = ((plain(ids) - logits).abs().max() / logits.abs().max()).item()
    written = tokenizer.decode(ids[0, prompt.shape[1] :])
    assert difference <= TOLERANCE, difference
    assert written == expected["text"] and count > 0, (written, expected)
    print(f"{folder.name}: loss {expected['loss']:.3f}, model.py {difference:.1e} apart, {written!r}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--node", default="node")
    options = parser.parse_args()
    transformers.logging.disable_progress_bar()
    with tempfile.TemporaryDirectory() as name:
        hook = here.parent / "setup" / "raw-imports.mjs"
        command = [options.node, "--disable-warning=ExperimentalWarning", "--import", hook.as_uri()]
        subprocess.run([*command, here / "write-families.ts", name], check=True)
        folders = sorted(path.parent for path in pathlib.Path(name).glob("*/expected.json"))
        assert len(folders) == 5
        for folder in folders:
            expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
            check_same(expected["source"], folder / "same")
            check_tuned(folder, expected)
    print("families: all equal")
