"""Opens the tokenizers that write-tokenizers.ts writes with transformers, and compares ids and decoded text.

python tests/interop/text_tokenizers.py [--node PATH]
"""
import argparse, json, pathlib, subprocess, tempfile

import transformers

here = pathlib.Path(__file__).parent


def check(folder):
    opened = transformers.AutoTokenizer.from_pretrained(folder)
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    assert len(opened) == expected["vocabSize"]
    assert opened.unk_token_id == expected["unknown"]
    assert opened.eos_token_id == expected["endOfText"]
    assert opened.pad_token_id == expected["pad"]
    for example in expected["examples"]:
        ids = opened(example["text"])["input_ids"]
        assert ids == example["ids"], (example["text"], ids, example["ids"])
        assert opened.decode(ids) == example["decoded"], example["text"]
    print(f"{folder.name}: {len(expected['examples'])} texts, {type(opened).__name__}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--node", default="node")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        subprocess.run([options.node, here / "write-tokenizers.ts", name], check=True)
        folders = sorted(pathlib.Path(name).iterdir())
        assert len(folders) == 4
        for folder in folders:
            check(folder)
    print("tokenizers: all equal")
