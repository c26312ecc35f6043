"""Goes on with a run of Heddle in plain PyTorch: in one process, or in many that share every step's batch.

python train.py
torchrun --standalone --nproc-per-node 8 train.py    (sh run.sh 8 does the same)

Beside this file lie config.json and model.safetensors under Hugging Face's names, model.py with the model,
training.json with the settings, optimizer.safetensors with what the optimizer remembers, and the tokens, which
data.py reads in Heddle's own order. With dropout 0 the losses are Heddle's; dropout has PyTorch's own numbers.
Each process computes its part of a step's rows, and the mean is over the tokens of the whole step, so that the
number of processes changes nothing but rounding. What is saved in checkpoint/ is a Hugging Face folder.
"""
import argparse, contextlib, json, math, os, re, shutil, types, warnings

import torch
import torch.distributed as dist
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn import functional as F

import model as definition
from data import HERE, IGNORED, Examples, Shard, Texts, batches

RANK, WORLD = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
# The share of attention's weights that is dropped; "attention_dropout" for other forms.
ATTENTION_DROPOUT = {"gpt2": "attn_pdrop", "bert": "attention_probs_dropout_prob", "t5": "dropout_rate"}
# Modules by name, whether what goes into them or what comes out is dropped, and the setting that says how much.
DROPOUT = {
    "gpt2": [(r"\.h\.0$", "in", "embd_pdrop"), (r"\.c_proj$", "out", "resid_pdrop")],
    "bert": [
        (r"embeddings\.LayerNorm$|output\.dense$", "out", "hidden_dropout_prob"),
        (r"^classifier$", "in", "hidden_dropout_prob"),
    ],
    "t5": [(r"^shared$|\.o$|\.wo$|final_layer_norm$", "out", "dropout_rate"), (r"\.wo$", "in", "dropout_rate")],
}


def add_dropout(model, config):
    """Puts dropout where Heddle has it: model.py has none, but for that of nn.Transformer."""
    form = config["model_type"]
    if form == "transformer":
        for layer in (*model.transformer.encoder.layers, *model.transformer.decoder.layers):
            layer.dropout.p = config["activation_dropout"]
            for name in ("self_attn", "multihead_attn"):
                if hasattr(layer, name):
                    getattr(layer, name).dropout = config["attention_dropout"]
        return
    share = config.get(ATTENTION_DROPOUT.get(form, "attention_dropout"), 0.0)

    def attention(*inputs, **options):
        return F.scaled_dot_product_attention(*inputs, dropout_p=share if model.training else 0.0, **options)

    if share > 0:  # model.py knows torch.nn.functional as F
        definition.F = types.SimpleNamespace(**{**vars(F), "scaled_dot_product_attention": attention})
    for pattern, side, setting in DROPOUT.get(form, []):
        for name, module in model.named_modules():
            if not re.search(pattern, name):
                continue
            # Hooks, because modules would change the names of the weights.
            drop = lambda x, module=module, p=config[setting]: F.dropout(x, p, module.training)
            if side == "in":
                module.register_forward_pre_hook(lambda _, x, drop=drop: (drop(x[0]), *x[1:]))
            else:
                module.register_forward_hook(lambda _, x, y, drop=drop: drop(y))


def logits_of(model, form, batch):
    """(rows, tokens, vocabulary), or (rows, classes)."""
    if form == "transformer":
        return model(batch.source, batch.ids, ~batch.source_seen)
    if form == "t5":
        return model(batch.source, batch.ids, batch.source_seen)
    return model(batch.ids, batch.seen) if form == "bert" else model(batch.ids)


def loss_of(logits, targets, smoothing=0.0):
    """The sum over the targets that count."""
    logits, targets = logits.float().flatten(0, -2), targets.flatten()
    return F.cross_entropy(logits, targets, ignore_index=IGNORED, label_smoothing=smoothing, reduction="sum")


def load_model(run):
    """The model with its weights, or with new ones drawn as Heddle draws them; what is frozen stays so."""
    model, weights = definition.model, load_file(run.folder / "model.safetensors")
    parameters = dict(model.named_parameters())
    lacking = sorted(parameters.keys() - weights.keys())
    unknown = model.load_state_dict(weights, strict=False).unexpected_keys
    if lacking or unknown:
        raise SystemExit(f"model.safetensors is not of this model.py: it lacks {lacking}, and has {unknown}.")
    for name, parameter in parameters.items():
        parameter.requires_grad = name not in run.frozen
        if run.from_scratch:
            kind, size = run.initial[name]
            with torch.no_grad():
                if kind == "normal":
                    parameter.normal_(std=size)
                elif kind == "uniform":
                    parameter.uniform_(-size, size)
                else:
                    parameter.fill_(size)
    return model, list(weights)


def make_optimizer(model, training):
    """The optimizer, and its words for what Heddle calls m, v and momentum. Matrices alone decay."""
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    groups = [
        {"params": [p for p in trained if p.dim() > 1], "weight_decay": training["weight_decay"]},
        {"params": [p for p in trained if p.dim() == 1], "weight_decay": 0.0},
    ]
    beta1, beta2 = training["adam_beta1"], training["adam_beta2"]
    if training["optim"] == "sgd":
        return torch.optim.SGD(groups, lr=0.0, momentum=beta1), {"momentum": "momentum_buffer"} if beta1 else {}
    kind = {"adamw": torch.optim.AdamW, "adam": torch.optim.Adam}[training["optim"]]
    optimizer = kind(groups, lr=0.0, betas=(beta1, beta2), eps=training["adam_epsilon"])
    return optimizer, {"m": "exp_avg", "v": "exp_avg_sq"}


def load_moments(file, model, optimizer, words, updates):
    """What the optimizer remembers of so many updates."""
    moments = load_file(file)
    for name, parameter in model.named_parameters():
        if not parameter.requires_grad:
            continue
        state = {key: moments[f"{word}.{name}"].to(parameter.device) for word, key in words.items()}
        if "m" in words:
            state["step"] = torch.tensor(float(updates))
        optimizer.state[parameter] = state


def learning_rate(step, steps, training):
    """Of a step counted from 1: the warm-up, at most a tenth of the run, then the schedule."""
    peak, end = training["learning_rate"], training["min_learning_rate"]
    warmup = min(training["warmup_steps"], math.ceil(steps / 10))
    if step <= warmup:
        return peak * step / warmup
    progress = min(1, (step - warmup) / max(1, steps - warmup))
    match training["lr_scheduler_type"]:
        case "linear":
            return end + (peak - end) * (1 - progress)
        case "cosine":
            return end + (peak - end) * 0.5 * (1 + math.cos(math.pi * progress))
    return peak


def total(*values, device):
    """The sums over all processes."""
    sums = torch.tensor(values, dtype=torch.float64, device=device)
    if WORLD > 1:
        dist.all_reduce(sums)
    return sums.tolist()


def take_step(step, trained, optimizer, data, run):
    """One step of the optimizer; gives its loss and the length of its gradient."""
    first = run.ahead + (step - 1) * run.per_step
    starts = range(first, first + run.per_step, run.batch)
    wanted = [one for start in starts for one in data.training(start, run.batch)]
    rows = [row for one in wanted[RANK::WORLD] for row in data.rows(*one)]
    count = sum(int((targets != IGNORED).sum()) for _, targets, _ in rows)
    weight = max(1.0, *total(count, device=run.device))
    parts = list(batches(rows, run.room, run.device))
    optimizer.zero_grad(set_to_none=True)
    loss_sum = 0.0
    for batch in parts:
        is_waiting = WORLD > 1 and batch is not parts[-1]
        with trained.no_sync() if is_waiting else contextlib.nullcontext():
            with run.precision():
                logits = logits_of(trained, run.form, batch)
            loss = loss_of(logits, batch.targets, run.training["label_smoothing_factor"])
            # DistributedDataParallel gives the mean over processes where the sum is wanted.
            (loss * WORLD / weight).backward()
        loss_sum += loss.item()
    (loss_sum,) = total(loss_sum, device=run.device)
    norm = nn.utils.clip_grad_norm_(trained.parameters(), run.training["max_grad_norm"] or math.inf).item()
    loss = loss_sum / weight
    if not math.isfinite(loss) or not math.isfinite(norm):
        raise SystemExit(f"Step {step}: loss {loss}, gradient norm {norm}. Try a lower learning rate.")
    for group in optimizer.param_groups:
        group["lr"] = learning_rate(step, run.steps, run.training)
    optimizer.step()
    return loss, norm


@torch.no_grad()
def evaluate(model, data, run):
    """The mean loss of the held-out part, always of the same rows, and the share of right first guesses."""
    model.eval()
    loss = right = count = 0
    wanted = data.evaluation(run.training["eval_batches"], run.batch)[RANK::WORLD]
    for batch in batches([row for one in wanted for row in data.rows(*one)], run.room, run.device):
        with run.precision():
            logits = logits_of(model, run.form, batch)
        loss += loss_of(logits, batch.targets).item()
        right += (logits.argmax(-1).flatten() == batch.targets.flatten()).sum().item()
        count += (batch.targets != IGNORED).sum().item()
    model.train()
    loss, right, count = total(loss, right, count, device=run.device)
    return loss / max(1, count), right / max(1, count)


def save(model, optimizer, words, weight_names, run, step):
    """Writes checkpoint/ beside its place: what Heddle and transformers open, and what --resume needs."""
    if RANK > 0:
        return
    staged, kept = HERE / "checkpoint.staged", HERE / "checkpoint"
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir()
    state, trained = model.state_dict(), [(n, p) for n, p in model.named_parameters() if p.requires_grad]
    weights = {name: state[name].cpu().clone() for name in weight_names}
    save_file(weights, staged / "model.safetensors", {"format": "pt"})
    moments = {f"{word}.{n}": optimizer.state[p][key].cpu() for word, key in words.items() for n, p in trained}
    save_file(moments, staged / "optimizer.safetensors")
    seen = run.ahead + step * run.per_step
    place = {"step": step, "sequences_seen": seen, "updates": run.updates + step - run.step}
    settings = {**run.settings, "training": run.training, **place}
    (staged / "training.json").write_text(json.dumps(settings, indent=2), encoding="utf-8")
    for name in ("config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(HERE / name, staged / name)
    shutil.rmtree(kept, ignore_errors=True)
    staged.rename(kept)


def read_options():
    parser = argparse.ArgumentParser(description="Goes on with a run of Heddle in PyTorch.")
    beginning = parser.add_mutually_exclusive_group()
    beginning.add_argument("--resume", action="store_true", help="go on from checkpoint/, which this program saved")
    beginning.add_argument("--from-scratch", action="store_true", help="begin at step 0 with new weights")
    parser.add_argument("--seed", type=int, help="another seed of data order, dropout and new weights")
    parser.add_argument("--max-steps", type=int, help="another length of the run, in steps")
    parser.add_argument("--stop-at", type=int, help="save and stop after this step; the schedule stays")
    parser.add_argument("--bf16", action="store_true", help="compute in bfloat16 where PyTorch holds it safe")
    return parser.parse_args()


def read_run(options):
    """Everything that decides what is computed: training.json, with what the options say otherwise."""
    folder = HERE / "checkpoint" if options.resume else HERE
    settings = json.loads((folder / "training.json").read_text(encoding="utf-8"))
    run = types.SimpleNamespace(**settings, settings=settings, folder=folder, from_scratch=options.from_scratch)
    for name in ("seed", "max_steps"):
        if getattr(options, name) is not None:
            run.training[name] = getattr(options, name)
    if run.from_scratch:
        run.step = run.sequences_seen = run.updates = 0
    run.seed, run.batch = run.training["seed"], run.training["per_device_train_batch_size"]
    run.per_step = run.batch * run.training["gradient_accumulation_steps"]
    # Not 0 where the size of batches was changed on the way.
    run.ahead = run.sequences_seen - run.step * run.per_step
    target_length = run.training["max_target_length"] or run.length
    run.room = run.batch * (run.length + (target_length if run.task in ("translate", "seq2seq") else 0))
    run.config = json.loads((HERE / "config.json").read_text(encoding="utf-8"))
    run.form = run.config["model_type"]
    local_rank = int(os.environ.get("LOCAL_RANK", 0))
    run.device = torch.device("cuda", local_rank) if torch.cuda.is_available() else torch.device("cpu")
    run.precision = lambda: torch.autocast(run.device.type, torch.bfloat16, enabled=options.bf16)
    return run


def main():
    options = read_options()
    run = read_run(options)
    training, is_cuda = run.training, run.device.type == "cuda"
    say = (lambda text: print(text, flush=True)) if RANK == 0 else lambda text: None
    if is_cuda:
        torch.cuda.set_device(run.device)
    if WORLD > 1:
        dist.init_process_group("nccl" if is_cuda else "gloo")
    torch.backends.mha.set_fastpath_enabled(False)  # nn.Transformer's own, which evaluates in another way
    torch.manual_seed(run.seed)
    model, weight_names = load_model(run)
    model.to(run.device).train()
    add_dropout(model, run.config)
    # Each process drops other numbers, and a run that goes on others than it began with.
    torch.manual_seed((run.seed * 1_000_003 + run.step) * WORLD + RANK)
    optimizer, words = make_optimizer(model, training)
    if run.step > 0:
        load_moments(run.folder / "optimizer.safetensors", model, optimizer, words, run.updates)
    trained = model
    if WORLD > 1:
        # Whoever computes in parts must not wait for tables that never change; the option has a new name since.
        warnings.filterwarnings("ignore", message=".*broadcast_buffers")
        devices = [run.device.index] if is_cuda else None
        trained = nn.parallel.DistributedDataParallel(model, device_ids=devices, broadcast_buffers=False)

    kind = Texts if run.task == "text" else Examples
    data = kind(Shard("train", run.bytes_per_token), run)
    has_held_out = (HERE / "validation.bin").exists()
    held_out = kind(Shard("validation", run.bytes_per_token), run) if has_held_out else None
    sequences = training["num_train_epochs"] * data.per_epoch - run.ahead
    run.steps = training["max_steps"] or max(1, math.ceil(sequences / run.per_step))
    end = min(run.steps, options.stop_at or run.steps)
    say(f"{sum(p.numel() for p in model.parameters()):,} parameters, {run.steps} steps, {WORLD} process(es)")
    for step in range(run.step + 1, end + 1):
        loss, norm = take_step(step, trained, optimizer, data, run)
        if step == 1 or step % training["logging_steps"] == 0:
            rate = optimizer.param_groups[0]["lr"]
            say(f"step {step}: loss {loss:.7f}, gradient norm {norm:.4f}, learning rate {rate:.3e}")
        is_check = step == end or (training["eval_steps"] > 0 and step % training["eval_steps"] == 0)
        if is_check and held_out:
            loss, share = evaluate(model, held_out, run)
            perplexity = math.exp(min(loss, 700))
            say(f"step {step}: evaluation loss {loss:.7f}, perplexity {perplexity:.4f}, accuracy {share:.4f}")
        if is_check or (training["save_steps"] > 0 and step % training["save_steps"] == 0):
            save(model, optimizer, words, weight_names, run, step)
    if WORLD > 1:
        dist.barrier()
        dist.destroy_process_group()


if __name__ == "__main__":
    main()
