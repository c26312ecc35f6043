"""Runs what Heddle exports as ONNX with ONNX Runtime, and compares its logits with transformers'.

python tests/interop/onnx_graphs.py [--node PATH]
"""
import argparse, pathlib, subprocess, tempfile

import numpy as np
import onnx
import onnxruntime
import torch
import transformers

# Relative to the largest logit: the order of float32 operations, and what rounding weights to half precision changes.
TOLERANCE = {"f32": 1e-5, "f16": 1e-2}
here = pathlib.Path(__file__).parent
golden = here.parent / "golden" / "huggingface"


def check(folder):
    name, kind = folder.name.rsplit("-", 1)
    model = transformers.AutoModelForCausalLM.from_pretrained(golden / name, dtype=torch.float32).eval()
    onnx.checker.check_model(str(folder / "model.onnx"), full_check=True)
    session = onnxruntime.InferenceSession(str(folder / "model.onnx"), providers=["CPUExecutionProvider"])
    generator = torch.Generator().manual_seed(0)
    for batch, length in ((1, 1), (3, 17)):
        ids = torch.randint(0, model.config.vocab_size, (batch, length), generator=generator)
        with torch.no_grad():
            expected = model(ids).logits.numpy()
        (logits,) = session.run(["logits"], {"input_ids": ids.numpy().astype(np.int64)})
        difference = np.abs(logits - expected).max() / np.abs(expected).max()
        assert logits.shape == expected.shape and difference <= TOLERANCE[kind], (folder.name, difference)
    print(f"{folder.name}: difference {difference:.1e}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--node", default="node")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        out = pathlib.Path(name)
        subprocess.run([options.node, here / "write-onnx.ts", out], check=True)
        folders = sorted(folder for folder in out.iterdir() if folder.name != "home")
        assert len(folders) == 12
        for folder in folders:
            check(folder)
    print("onnx_graphs: all equal")
