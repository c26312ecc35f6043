"""Writes tests/golden/formats/torch-*: state dicts as torch.save writes them, and torch.safetensors with their values.

Run once, with torch and safetensors installed: python tests/golden/formats/make_torch_goldens.py

By protocol and by form: the archive of PyTorch 1.6 and later, the stream before it; a checkpoint of a trainer, with
the state dict beside other things; parameters, and tensors that are parts of one storage.
"""

import collections
from pathlib import Path

import torch
from safetensors.torch import save_file

OUT = Path(__file__).parent


def main():
    torch.manual_seed(5)
    model = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.LayerNorm(2))
    state = model.state_dict()
    state["half"] = torch.randn(2, 1, 3).half()
    state["brain"] = torch.randn(4).bfloat16()
    state["steps"] = torch.tensor(7)
    state["empty"] = torch.zeros(2, 0)
    state["tied"] = state["0.weight"]
    whole = torch.arange(10, dtype=torch.float32)
    state["part"] = whole[4:]
    values = {name: tensor.contiguous().clone() for name, tensor in state.items()}
    save_file(values, OUT / "torch.safetensors")
    for protocol in (2, 3, 4, 5):
        for form in ("zip", "stream"):
            torch.save(
                state, OUT / f"torch-{form}-{protocol}.pth", pickle_protocol=protocol,
                _use_new_zipfile_serialization=form == "zip",
            )
    optimizer = torch.optim.AdamW(model.parameters())
    model(torch.ones(1, 3)).sum().backward()
    optimizer.step()
    checkpoint = {"model": values, "optimizer": optimizer.state_dict(), "step": 3, "loss": 0.5, "best": None, "done": True}
    for form in ("zip", "stream"):
        torch.save(checkpoint, OUT / f"torch-checkpoint-{form}.pth", _use_new_zipfile_serialization=form == "zip")
    parameters = collections.OrderedDict((name, torch.nn.Parameter(tensor)) for name, tensor in model.named_parameters())
    torch.save(parameters, OUT / "torch-parameters.pth")
    torch.save(model, OUT / "torch-module.pth")
    torch.save({"w": torch.ones(3, 4).t()}, OUT / "torch-strided.pth")


if __name__ == "__main__":
    main()
    for path in sorted(OUT.glob("torch*")):
        print(path.name, path.stat().st_size)
