"""Opens what write-formats.ts writes with safetensors, torch and transformers, and compares.

python tests/interop/formats.py [--node PATH] [--large]

Every model must open strictly in three ways (transformers from model.safetensors, transformers' class from
model.pth, model.py from model.pth) and give the same logits. --large also writes and opens a .pth of 4.8 GB.
"""
import argparse, pathlib, runpy, subprocess, tempfile, warnings

import safetensors.torch
import torch
import transformers

# Relative to the largest logit; the three ways differ only in the order of float32 operations.
TOLERANCE = 1e-5
# Names that share another tensor's storage where embeddings are tied; that of a head unless given.
ALIASES = {
    "BertForMaskedLM": {"cls.predictions.decoder.weight", "cls.predictions.decoder.bias"},
    "BertForSequenceClassification": set(),
}
here = pathlib.Path(__file__).parent


def relative(a, b):
    return ((a - b).abs().max() / b.abs().max()).item()


def check(folder):
    stored = safetensors.torch.load_file(folder / "model.safetensors")
    state = torch.load(folder / "model.pth", weights_only=True)
    assert isinstance(state, dict) and all(type(tensor) is torch.Tensor for tensor in state.values())

    config = transformers.AutoConfig.from_pretrained(folder)
    model_class = getattr(transformers, config.architectures[0])
    opened, info = model_class.from_pretrained(folder, output_loading_info=True)
    problems = {key: value for key, value in info.items() if value}
    assert not problems, problems
    opened.eval()
    tied = opened.config.tie_word_embeddings
    names = ALIASES.get(config.architectures[0], {"lm_head.weight"}) if tied else set()
    assert set(state) - set(stored) == names
    assert all(torch.equal(stored[name], state[name]) for name in stored)
    if tied:
        table = next(iter(state.values()))
        assert all(state[name].data_ptr() == table.data_ptr() for name in names if name.endswith("weight"))
    assert list(state) == list(opened.state_dict())
    if getattr(opened.config, "use_bias", True) is False:
        assert all(not tensor.any() for name, tensor in state.items() if name.endswith(".bias"))

    plain = type(opened)(opened.config).eval()
    plain.load_state_dict(torch.load(folder / "model.pth", weights_only=True), strict=True)
    model = runpy.run_path(str(folder / "model.py"))["model"]
    model.load_state_dict(torch.load(folder / "model.pth", weights_only=True), strict=True)

    ids = torch.randint(0, opened.config.vocab_size, (3, 32), generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        expected = opened(ids).logits
        differences = relative(plain(ids).logits, expected), relative(model(ids), expected)
    assert max(differences) <= TOLERANCE, differences
    if opened.can_generate():
        assert opened.generation_config.eos_token_id == 60 and opened.generation_config.do_sample
        with torch.no_grad():
            assert 21 <= opened.generate(ids[:1, :20]).shape[1] <= 25
    print(f"{folder.name}: {sum(t.numel() for t in model.parameters())} parameters, differences {differences}")


def check_large(path):
    import zipfile

    with zipfile.ZipFile(path) as archive:
        assert archive.getinfo("archive/data/0").file_size > 2**32 and archive.testzip() is None
    state = torch.load(path, weights_only=True, mmap=True)
    assert state["large"].shape == (1_200_000_000,) and state["large"][-1] == 7 and state["large"][-2] == 0.5
    assert state["last"].tolist() == [1, 2]
    print("large.pth: opened")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--node", default="node")
    parser.add_argument("--large", action="store_true")
    options = parser.parse_args()
    warnings.filterwarnings("error", module="torch")
    transformers.logging.disable_progress_bar()
    with tempfile.TemporaryDirectory() as name:
        out = pathlib.Path(name)
        subprocess.run([options.node, here / "write-formats.ts", out], check=True)
        folders = sorted(out.iterdir())
        assert len(folders) == 17
        for folder in folders:
            check(folder)
        if options.large:
            subprocess.run([options.node, here / "write-formats.ts", out, "large"], check=True)
            check_large(out / "large.pth")
    print("formats: all equal")
