"""Goes on with small runs of every form in PyTorch, from the torchrun folders that Heddle exports.

python tests/interop/torchrun.py [--node PATH] [RUN ...]

The losses of every step and of the evaluation must be Heddle's, two processes must agree with one, a run that was
cut in two with a whole one, and Heddle must measure in checkpoint/ the evaluation loss that train.py said.
"""
import argparse, json, multiprocessing, os, pathlib, re, runpy, shutil, socket, subprocess, sys, tempfile

import torch
import transformers

# Of a loss; only the order of float32 operations differs.
TOLERANCE = 1e-5
# Runs that are cut in two as well: one of each kind of optimizer.
CUT = {"gpt2-text", "llama-text-sgd"}
here = pathlib.Path(__file__).parent


def load_optimizers():
    """Loads once what PyTorch loads at the first step of an optimizer, for all processes that are forked."""
    parameter = torch.nn.Parameter(torch.zeros(1))
    parameter.grad = torch.zeros(1)
    torch.optim.SGD([parameter], lr=0.0).step()


def train(folder, said, environment, arguments):
    """Carries out train.py in this process, as Python would."""
    os.environ.update(environment)
    sys.argv, sys.stdout = [str(folder / "train.py"), *arguments], open(said, "w", encoding="utf-8")
    sys.path.insert(0, str(folder))
    torch.set_num_threads(1)
    runpy.run_path(sys.argv[0], run_name="__main__")
    sys.stdout.close()


def trained(folder, *arguments, processes=1):
    """The losses of steps and evaluations that the first process said."""
    environment = {}
    if processes > 1:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            environment = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free.getsockname()[1])}
        environment["WORLD_SIZE"] = str(processes)
    fork = multiprocessing.get_context("fork")
    said = [folder / f"said.{rank}" for rank in range(processes)]
    workers = [
        fork.Process(target=train, args=(folder, said[rank], {**environment, "RANK": str(rank)}, arguments))
        for rank in range(processes)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0, (folder, worker.exitcode)
    return losses_in(said[0].read_text(encoding="utf-8"))


def losses_in(text):
    found = re.findall(r"^step (\d+): (evaluation )?loss ([\d.]+)", text, re.MULTILINE)
    return {(int(step), bool(evaluated)): float(loss) for step, evaluated, loss in found}


def apart(ones, others):
    assert ones.keys() == others.keys(), (sorted(ones), sorted(others))
    return max(abs(ones[key] - others[key]) / others[key] for key in ones)


def check(folder):
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    wanted = {(step, False): loss for step, loss in expected["losses"]}
    wanted[max(wanted)[0], True] = expected["evalLoss"]
    whole = trained(folder / "torchrun")
    shutil.copytree(folder / "torchrun", folder / "two")
    two = trained(folder / "two", processes=2)
    differences = {"Heddle": apart(whole, wanted), "two": apart(two, whole)}
    if folder.name in CUT:
        shutil.copytree(folder / "torchrun", folder / "halves")
        halves = trained(folder / "halves", "--stop-at", "15")
        del halves[15, True]
        halves |= trained(folder / "halves", "--resume")
        differences["halves"] = apart(halves, whole)
    assert max(differences.values()) <= TOLERANCE, (folder.name, differences)
    print(f"{folder.name}: {', '.join(f'{name} {value:.1e}' for name, value in differences.items())} apart", flush=True)
    return whole[max(whole)]


def check_torchrun(folder):
    """As a user starts it, with other weights in another order: it learns all the same."""
    path = os.pathsep.join([str(pathlib.Path(sys.executable).parent), os.environ["PATH"]])
    command = ["sh", folder / "run.sh", "2", "--from-scratch", "--seed", "5"]
    done = subprocess.run(command, env={**os.environ, "PATH": path}, check=True, capture_output=True, text=True)
    losses = losses_in(done.stdout)
    first, last = losses[1, False], losses[max(losses)]
    assert "2 process(es)" in done.stdout and last < first - 0.2, done.stdout


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--node", default="node")
    parser.add_argument("runs", nargs="*")
    options = parser.parse_args()
    transformers.logging.disable_progress_bar()
    load_optimizers()
    with tempfile.TemporaryDirectory() as name:
        hook = here.parent / "setup" / "raw-imports.mjs"
        node = [options.node, "--disable-warning=ExperimentalWarning", "--import", hook.as_uri()]
        write = [*node, here / "write-torchrun.ts"]
        subprocess.run([*write, "write", name, *options.runs], check=True)
        folders = sorted(pathlib.Path(name).iterdir())
        assert len(folders) == (len(options.runs) or 9)
        evaluated = {folder: check(folder) for folder in folders}
        subprocess.run([*write, "measure", name, *options.runs], check=True)
        for folder, loss in evaluated.items():
            measured = json.loads((folder / "measured.json").read_text(encoding="utf-8"))["evalLoss"]
            assert abs(measured - loss) / loss <= TOLERANCE, (folder.name, measured, loss)
            if folder.name.startswith(("llama", "qwen")):
                _, info = transformers.AutoModelForCausalLM.from_pretrained(
                    folder / "torchrun" / "checkpoint", output_loading_info=True
                )
                assert not any(info.values()), info
        check_torchrun(folders[-1] / "torchrun")
    print("torchrun: all equal")
