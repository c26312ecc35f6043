"""Runs the PyTorch program of every card of a term; each must print the number that the card shows.

python tests/interop/terms.py [--node PATH]
"""
import argparse, contextlib, io, json, pathlib, subprocess, tempfile

here = pathlib.Path(__file__).parent


def printed(program):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(program, "card", "exec"), {"__name__": "card"})
    return out.getvalue().strip()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--node", default="node")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        file = pathlib.Path(name) / "terms.json"
        subprocess.run([options.node, here / "write-terms.ts", file], check=True)
        cards = json.loads(file.read_text())
    for card in cards:
        lines = card["pytorch"].count("\n") + 1
        assert 5 <= lines <= 15, (card["id"], lines)
        value = printed(card["pytorch"])
        assert value == card["value"], (card["id"], value, card["value"])
    print(f"terms: {len(cards)} programs print what the cards show")
