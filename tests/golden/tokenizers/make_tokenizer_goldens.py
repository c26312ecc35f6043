"""Writes tokenizers.json: what Hugging Face's Python `tokenizers` learns from a small text and how it
encodes hard strings, for byte-level BPE with both split patterns and for character tokenizers.

Run with: python make_tokenizer_goldens.py  (tokenizers 0.23.3)
"""

import json
import pathlib

import tokenizers
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

GPT4 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)

TEXT = """The loom stood by the window, and the weaver's hands went back and forth, back and forth.
"It's only a thread," she'd say, "but don't you see? We're making a river; they've seen it, I'll see it."

Over, under; over, under. In 1987 she wove 12 rugs, in 1988 she wove 345, and by 2001 there were 67,890.
The river in the rug was blue. The bank was green, the stones were grey, and under the stones the fish slept.

\tdef weave(threads, times=3):
\t    for thread in threads:
\t        over(thread); under(thread)
\t    return threads * times    # thread the threads

Ünder dem Webstuhl schläft die Katze; über ihr hängt das Garn. Le métier à tisser était près de la fenêtre.
Ткачиха ткёт ковёр, ковёр течёт рекой. 織女は川を織る。川は流れる。 자매는 베틀에서 노래한다.
Yarn 🧶🧶 and thread 🧵, a cat 🐈‍⬛, a family 👨‍👩‍👧, café and cafe\u0301, e\u0301e\u0301.
aaaaaaaa abababab abcabcabc ------ ====== ...... !!!??? <b>bold</b> <br/> &amp; {"key": ["value", 1.5e-3]}
The weaver wove, the river ran, the cat slept on the rug by the river that the weaver wove.   \r\n  \r\nEnd.
"""

STRINGS = [
    "",
    " ",
    "\n",
    "The weaver's river, under the stones.",
    "IT'S WE'LL they'Re I'VE don'T 'tis 'S",
    "'sail 'really ' s '' 'l 'r 'v 'll",
    "12345 3.14159 1,000,000 ²½ ٣٤٥ १२३४",
    "a  b   c    d",
    "line\nline\r\nline\n\n\nline \n  indented\n\t\ttabs \t mixed \n",
    "trailing spaces   ",
    "   leading spaces",
    "no\u00a0break\u2003em\u3000wide\u0085next\u2028line\ufefffeff\u200bzero",
    "e\u0301 cafe\u0301 a\u0300\u0301\u0302 \u0301alone",
    "🧶🧵🐈‍⬛ 👨‍👩‍👧‍👦 🇺🇳 👍🏽 ❤️",
    "織女は川を織る。자매 Ткачиха ناسجة नदी",
    "\x00\x01\x7f\x80 \x1b[0m",
    "<|endoftext|>",
    "a<|endoftext|>b <|endoftext|> \n<|endoftext|>\n\n<|endoftext|",
    "<|endoftext|><|endoftext|>",
    "<<|endoftext|>> <|endof<|endoftext|>text|>",
    "__proto__ constructor hasOwnProperty",
    "!?!?\n\n...\r\n;;\n x",
    "\U0001d54f\U0001f600\U00020000\U0010ffff",
    "x" * 300,
    "ab" * 200 + "!" * 100,
]


def byte_level(pattern):
    tokenizer = Tokenizer(models.BPE())
    if pattern == "gpt2":
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    else:
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
            [
                pre_tokenizers.Split(Regex(GPT4), "isolated"),
                pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
            ]
        )
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def train(pattern, **options):
    tokenizer = byte_level(pattern)
    trainer = trainers.BpeTrainer(
        special_tokens=["<|endoftext|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
        **options,
    )
    tokenizer.train_from_iterator([TEXT], trainer)
    return tokenizer


def merges_of(tokenizer):
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    return [" ".join(merge) if isinstance(merge, list) else merge for merge in merges]


def characters():
    vocab = {character: index for index, character in enumerate(sorted(set(TEXT)))}
    vocab["<|unk|>"] = len(vocab)
    tokenizer = Tokenizer(models.BPE(vocab=vocab, merges=[], unk_token="<|unk|>"))
    tokenizer.decoder = decoders.Fuse()
    tokenizer.add_special_tokens(["<|unk|>"])
    return tokenizer


def main():
    golden = {"tokenizers": tokenizers.__version__, "text": TEXT, "strings": STRINGS}
    for pattern in ("gpt2", "gpt4"):
        tokenizer = train(pattern, vocab_size=600, min_frequency=2)
        golden[pattern] = {
            "merges": merges_of(tokenizer),
            "ids": [tokenizer.encode(string).ids for string in STRINGS],
            "shortMerges": merges_of(train(pattern, vocab_size=600, min_frequency=3, max_token_length=5)),
        }
    tokenizer = characters()
    golden["characters"] = {
        "vocabSize": tokenizer.get_vocab_size(),
        "ids": [tokenizer.encode(string).ids for string in STRINGS],
    }
    path = pathlib.Path(__file__).with_name("tokenizers.json")
    path.write_text(json.dumps(golden, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
