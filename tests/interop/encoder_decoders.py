"""Opens the encoder-decoders that write-encoder-decoders.ts writes with PyTorch and transformers, and compares logits.

python tests/interop/encoder_decoders.py [--node PATH]

A state dict must load strictly into the nn.Transformer of its model.py, a Marian folder without a complaint.
"""
import argparse, json, pathlib, runpy, subprocess, tempfile

import torch
import transformers

# Relative to the largest logit; only the order of float32 operations differs.
TOLERANCE = 1e-5
here = pathlib.Path(__file__).parent


def logits_of(folder, source, mask, ids):
    if folder.name.startswith("marian"):
        model, info = transformers.AutoModelForSeq2SeqLM.from_pretrained(folder, output_loading_info=True)
        problems = {key: value for key, value in info.items() if value}
        assert type(model) is transformers.MarianMTModel and not problems, problems
        assert model.generate(source, attention_mask=mask, max_new_tokens=5, num_beams=2)[:, 0].eq(0).all()
        return model.eval()(input_ids=source, attention_mask=mask, decoder_input_ids=ids).logits
    model = runpy.run_path(str(folder / "model.py"))["model"]
    assert isinstance(model.transformer, torch.nn.Transformer)
    state = torch.load(folder / "model.pth", weights_only=True)
    model.load_state_dict(state, strict=True)
    assert set(state) == set(model.state_dict())
    return model(source, ids, mask == 0)


def check(folder):
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    ids = torch.tensor(expected["ids"]).reshape(2, -1)
    source = torch.tensor(expected["sourceIds"]).reshape(2, -1)
    mask = (torch.arange(source.shape[1]) < torch.tensor(expected["sourceLengths"])[:, None]).long()
    with torch.no_grad():
        logits = logits_of(folder, source, mask, ids).flatten()
    difference = ((torch.tensor(expected["logits"]) - logits).abs().max() / logits.abs().max()).item()
    assert difference <= TOLERANCE, (folder.name, difference)
    print(f"{folder.name}: {difference:.1e} apart")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--node", default="node")
    options = parser.parse_args()
    transformers.logging.disable_progress_bar()
    with tempfile.TemporaryDirectory() as name:
        hook = here.parent / "setup" / "raw-imports.mjs"
        command = [options.node, "--disable-warning=ExperimentalWarning", "--import", hook.as_uri()]
        subprocess.run([*command, here / "write-encoder-decoders.ts", name], check=True)
        folders = sorted(pathlib.Path(name).iterdir())
        assert len(folders) == 6
        for folder in folders:
            check(folder)
    print("encoder_decoders: all equal")
