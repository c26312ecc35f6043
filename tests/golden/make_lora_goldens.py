"""Writes tests/golden/lora/*: what PEFT computes for adapters of the two tiny models of make_goldens.py.

Run once, with torch, transformers, peft and safetensors installed: python tests/golden/make_lora_goldens.py
Weights are not stored: those of the models are make_goldens.py's; value i of the k-th adapter tensor by sorted name
is 0.1 * cos(0.3 * i + k). Losses are of AdamW on the adapters, after the gradients of the first step. The folders
are what save_pretrained writes: one of these adapters and one of a few modules scaled by the root of the rank.
"""

import json
from pathlib import Path

import peft
import torch
import transformers
from peft import LoraConfig, TaskType, get_peft_model
from safetensors.torch import save_file

import make_goldens

OUT = Path(__file__).parent / "lora"
R, ALPHA, STEPS = 3, 6, 5


def fill(model):
    tensors = {name: p for name, p in model.named_parameters() if p.requires_grad}
    with torch.no_grad():
        for k, name in enumerate(sorted(tensors)):
            p = tensors[name]
            p.copy_((0.1 * torch.cos(0.3 * torch.arange(p.numel(), dtype=torch.float64) + k)).reshape(p.shape).float())
    return tensors


def adapted(base, **settings):
    return get_peft_model(base, LoraConfig(task_type=TaskType.CAUSAL_LM, r=R, lora_alpha=ALPHA, **settings))


def tokens():
    batch, length = make_goldens.BATCH, make_goldens.LENGTH
    rows = torch.arange(batch * (length + 1)).reshape(batch, length + 1) * 7 % 29
    return rows[:, :-1].contiguous(), rows[:, 1:].contiguous()


def saved_name(name):
    return name.replace(".default.", ".")


def save_folder(model, name):
    model.eval()
    folder = OUT / name
    model.save_pretrained(folder)
    (folder / "README.md").unlink()
    config = json.loads((folder / "adapter_config.json").read_text())
    if isinstance(config["target_modules"], list):
        config["target_modules"].sort()
    (folder / "adapter_config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")
    return model(tokens()[0]).logits.detach()


def write(name, base):
    make_goldens.fill(base)
    model = adapted(base, target_modules="all-linear", fan_in_fan_out=name == "gpt2")
    parameters = fill(model)
    model.eval()
    ids, targets = tokens()
    logits = save_folder(model, f"{name}-all")
    loss = make_goldens.loss_of(model(ids).logits, targets)
    loss.backward()
    tensors = {"logits": logits.contiguous(), "loss": loss.detach().reshape(1)}
    for key, p in parameters.items():
        tensors[f"grad.{saved_name(key)}"] = p.grad.detach().clone().contiguous()
    optimizer = torch.optim.AdamW(parameters.values(), weight_decay=make_goldens.WEIGHT_DECAY, **make_goldens.TRAINING)
    losses = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = make_goldens.loss_of(model(ids).logits, targets)
        loss.backward()
        losses.append(loss.item())
        torch.nn.utils.clip_grad_norm_(parameters.values(), make_goldens.MAX_GRAD_NORM)
        optimizer.step()
    tensors["losses"] = torch.tensor(losses)
    versions = {"torch": torch.__version__, "transformers": transformers.__version__, "peft": peft.__version__}
    save_file(tensors, OUT / f"{name}.safetensors", metadata=versions)
    print(name, len(parameters), [round(x, 5) for x in losses])


def write_few(base):
    """Queries and values of Llama's second layer alone, rank-stabilized."""
    make_goldens.fill(base)
    model = adapted(base, target_modules=["q_proj", "v_proj"], layers_to_transform=[1], use_rslora=True)
    fill(model)
    save_file({"logits": save_folder(model, "llama-few").contiguous()}, OUT / "llama-few.safetensors")


def main():
    torch.manual_seed(0)
    OUT.mkdir(exist_ok=True)
    for name, base in make_goldens.models():
        write(name, base)
    write_few(dict(make_goldens.models())["llama"])


if __name__ == "__main__":
    main()
