"""Compares what Heddle trained and exported with transformers and torch, from the text to the logits.

python tests/interop/trained_models.py [--node PATH]

write-trained-models.ts trains a GPT-2 with characters and a Llama with byte-level BPE through the command
line. The Auto classes on the Hugging Face folder, and model.py with model.pth, must give the same logits, and
both the same 50 tokens that Heddle wrote with temperature 0. The same holds for each model fine-tuned from its
own export; and the exports in f16 and bf16 must hold what torch rounds the weights to.
"""
import argparse, json, pathlib, runpy, subprocess, tempfile

import torch
import transformers
from safetensors.torch import load_file

# Relative to the largest logit, or to the loss; only the order of float32 operations differs.
TOLERANCE = 1e-4
NEW_TOKENS = 50
here = pathlib.Path(__file__).parent


def relative(a, b):
    return ((a - b).abs().max() / b.abs().max()).item()


def greedy(logits_of, ids, penalty):
    for _ in range(NEW_TOKENS):
        scores = logits_of(ids)[0, -1]
        seen = ids[0].unique()
        scores[seen] = torch.where(scores[seen] > 0, scores[seen] / penalty, scores[seen] * penalty)
        ids = torch.cat([ids, scores.argmax().view(1, 1)], dim=1)
    return ids


def check(folder):
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder / "huggingface")
    opened, info = transformers.AutoModelForCausalLM.from_pretrained(
        folder / "huggingface", output_loading_info=True
    )
    problems = {key: value for key, value in info.items() if value}
    assert not problems, problems
    opened.eval()
    plain = runpy.run_path(str(folder / "pth" / "model.py"))["model"]
    plain.load_state_dict(torch.load(folder / "pth" / "model.pth", weights_only=True), strict=True)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        assert (folder / "huggingface" / name).read_bytes() == (folder / "pth" / name).read_bytes()

    half = transformers.AutoModelForCausalLM.from_pretrained(folder / "f16", dtype="auto")
    assert half.dtype == torch.float16
    for name, values in half.state_dict().items():
        assert torch.equal(values, opened.state_dict()[name].half()), name
    for name, values in load_file(folder / "bf16" / "model.safetensors").items():
        assert torch.equal(values, opened.state_dict()[name].bfloat16()), name

    read_back = expected["readBack"]
    ids = tokenizer(expected["text"], return_tensors="pt")["input_ids"][:, : len(read_back["ids"])]
    assert ids[0].tolist() == read_back["ids"]
    with torch.no_grad():
        logits = opened(ids[:, :-1]).logits
        difference = relative(plain(ids[:, :-1]), logits)
        loss = torch.nn.functional.cross_entropy(logits[0].double(), ids[0, 1:]).item()
    assert difference <= TOLERANCE, difference
    loss_difference = abs(read_back["loss"] - loss) / loss
    assert loss_difference <= TOLERANCE, (read_back["loss"], loss)

    prompt = tokenizer(expected["prompt"], return_tensors="pt")["input_ids"]
    for penalty, written in expected["continuations"].items():
        with torch.no_grad():
            by_transformers = opened.generate(
                prompt,
                max_new_tokens=NEW_TOKENS,
                do_sample=False,
                repetition_penalty=float(penalty),
                eos_token_id=None,
            )
            by_model_py = greedy(plain, prompt, float(penalty))
        for out in (by_transformers, by_model_py):
            assert out.shape[1] == prompt.shape[1] + NEW_TOKENS
            continuation = tokenizer.decode(out[0, prompt.shape[1] :])
            assert continuation == written, (penalty, continuation, written)
    assert read_back["text"] == expected["continuations"]["1"]
    print(f"{folder.name}: logits {difference:.1e}, loss {loss_difference:.1e} apart, {written!r}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--node", default="node")
    options = parser.parse_args()
    transformers.logging.disable_progress_bar()
    with tempfile.TemporaryDirectory() as name:
        hook = here.parent / "setup" / "raw-imports.mjs"
        command = [options.node, "--disable-warning=ExperimentalWarning", "--import", hook.as_uri()]
        subprocess.run([*command, here / "write-trained-models.ts", name], check=True)
        folders = sorted(path for path in pathlib.Path(name).iterdir() if not path.name.endswith(".home"))
        assert len(folders) == 4
        for folder in folders:
            check(folder)
    print("trained models: all equal")
