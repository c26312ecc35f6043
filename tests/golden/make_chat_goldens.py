"""Writes tests/golden/chat/: token ids and labels as TRL's SFTTrainer prepares them, and the tokenizer used.

Run once, with trl, transformers, datasets and tokenizers installed: python tests/golden/make_chat_goldens.py
Templates are the published ones with {% generation %} tags around what an assistant writes, its end of turn
included: TRL's own training templates where it has them (Llama 3, Gemma, Phi 3), else written here in its manner.
Ids and labels are read from the prepared dataset of a trainer, so they are what TRL trains on.
"""

import json
import tempfile
from pathlib import Path

from datasets import Dataset
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast
from trl import SFTConfig, SFTTrainer
from trl import chat_template_utils as trl_templates

OUT = Path(__file__).parent / "chat"
SPECIAL = [
    "<|endoftext|>", "<s>", "</s>", "<|im_start|>", "<|im_end|>", "<|begin_of_text|>", "<|start_header_id|>",
    "<|end_header_id|>", "<|eot_id|>", "<bos>", "<start_of_turn>", "<end_of_turn>", "<|end|>", "<|user|>",
    "<|assistant|>", "<|system|>",
]
CORPUS = [
    "The quick brown fox jumps over the lazy dog.\n\n", "What is the capital of France? Paris is the capital.\n",
    "Below is an instruction that describes a task. Write a response that appropriately completes the request.\n",
    "### Instruction:\n", "### Response:\n", "user\n", "assistant\n", "system\n", "You are a helpful assistant.\n",
    "Zwölf Boxkämpfer jagen Viktor quer über den großen Deich.  Hello, hello!   \n", "日本語のテキスト。", "[INST] [/INST]",
]

CHATML = (
    "{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' }}"
    "{% if m.role == 'assistant' %}{% generation %}{{ m.content + '<|im_end|>\n' }}{% endgeneration %}"
    "{% else %}{{ m.content + '<|im_end|>\n' }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
ZEPHYR = (
    "{% for m in messages %}{{ '<|' + m.role + '|>\n' }}"
    "{% if m.role == 'assistant' %}{% generation %}{{ m.content + eos_token + '\n' }}{% endgeneration %}"
    "{% else %}{{ m.content + eos_token + '\n' }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>\n' }}{% endif %}"
)
LLAMA2 = (
    "{% if messages[0].role == 'system' %}{% set turns = messages[1:] %}{% set system = messages[0].content %}"
    "{% else %}{% set turns = messages %}{% set system = false %}{% endif %}"
    "{% for m in turns %}{% if loop.index0 == 0 and system %}"
    "{% set content = '<<SYS>>\n' + system + '\n<</SYS>>\n\n' + m.content %}"
    "{% else %}{% set content = m.content %}{% endif %}"
    "{% if m.role == 'user' %}{{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}"
    "{% else %}{% generation %}{{ ' ' + content.strip() + ' ' + eos_token }}{% endgeneration %}{% endif %}{% endfor %}"
)
MISTRAL = (
    "{% if messages[0].role == 'system' %}{% set turns = messages[1:] %}{% set system = messages[0].content %}"
    "{% else %}{% set turns = messages %}{% set system = false %}{% endif %}"
    "{{ bos_token }}{% for m in turns %}"
    "{% if m.role == 'user' %}{% if loop.first and system %}{{ '[INST] ' + system + '\n\n' + m.content + ' [/INST]' }}"
    "{% else %}{{ '[INST] ' + m.content + ' [/INST]' }}{% endif %}"
    "{% else %}{% generation %}{{ ' ' + m.content.strip() + eos_token }}{% endgeneration %}{% endif %}{% endfor %}"
)
ALPACA = (
    "{% if messages[0].role == 'system' %}{{ messages[0].content + '\n\n' }}{% set turns = messages[1:] %}"
    "{% else %}{{ 'Below is an instruction that describes a task. Write a response that appropriately completes the "
    "request.\n\n' }}{% set turns = messages %}{% endif %}"
    "{% for m in turns %}{% if m.role == 'user' %}{% if not loop.first %}{{ '\n\n' }}{% endif %}"
    "{{ '### Instruction:\n' + m.content + '\n\n' }}"
    "{% else %}{{ '### Response:\n' }}{% generation %}{{ m.content + eos_token }}{% endgeneration %}{% endif %}"
    "{% endfor %}{% if add_generation_prompt %}{{ '### Response:\n' }}{% endif %}"
)
# A template of a tokenizer's own: thoughts are shown in the last answer alone; only what is tagged is learned.
THINKING = """{%- for message in messages %}
    {%- if message.role == 'assistant' %}
        {{- '<|im_start|>assistant\\n' }}
        {%- generation %}
        {%- if loop.last %}
            {{- '<think>\\n\\n</think>\\n\\n' }}
        {%- endif %}
        {{- message.content.split('</think>')[-1] | trim + '<|im_end|>' }}
        {%- endgeneration %}
        {{- '\\n' }}
    {%- else %}
        {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
{%- endif %}
"""

# Name, template with tags, begin and end token.
TEMPLATES = [
    ("chatml", CHATML, "<|endoftext|>", "<|im_end|>"),
    ("llama-2", LLAMA2, "<s>", "</s>"),
    ("llama-3", trl_templates.llama3_training_chat_template, "<|begin_of_text|>", "<|eot_id|>"),
    ("mistral", MISTRAL, "<s>", "</s>"),
    ("gemma", trl_templates.gemma_training_chat_template, "<bos>", "<end_of_turn>"),
    ("phi-3", trl_templates.phi3_training_chat_template, "<|endoftext|>", "<|endoftext|>"),
    ("zephyr", ZEPHYR, "<s>", "</s>"),
    ("alpaca", ALPACA, "<|endoftext|>", "<|endoftext|>"),
    ("own", THINKING, "<|endoftext|>", "<|im_end|>"),
]


def turns(*contents, system=None):
    roles = ["user", "assistant"] * len(contents)
    messages = [{"role": role, "content": content} for role, content in zip(roles, contents)]
    return ([] if system is None else [{"role": "system", "content": system}]) + messages


CONVERSATIONS = {
    "one turn": turns("What is the capital of France?", "Paris."),
    "three turns": turns("Hi", "Hello!", "And?", "Paris is the capital", "Thank you", "You are welcome."),
    "a system prompt": turns("Hello", "Hello, hello!", "fox?", "The quick fox.", system="You are a helpful assistant."),
    "unicode": turns("Übersetze: 日本語 🦊", "Zwölf Füchse 🦊🦊 und ein é", "e\u0301?", "日本語のテキスト。"),
    "spaces around": turns("  a question \n", "  an answer  \n", "\n\nmore", "\n\ndone  "),
    "empty contents": turns("", "", "nothing?", ""),
    "same words": turns("user", "assistant", "assistant", "user"),
    "ends with a question": turns("Hi", "Hello!", "What is next?"),
    "a special token in the text": turns("What is <|endoftext|>?", "It is <|endoftext|> and </s>."),
    "cut": turns("What is the capital of France?", "Paris is the capital of France.", "Why?", "It is a helpful fox."),
}
CUT_AT = 40

PAIRS = {
    "words": ("What is the capital of France? ", "Paris is the capital."),
    "one word": ("assis", "tant"),
    "spaces": ("The quick brown fox  ", "  jumps"),
    "spaces that join otherwise": ("Hello, hello!  ", "describes"),
    "a letter more": ("an instruction", "s"),
    "line ends": ("Question:\n", "\n\nAnswer\n"),
    "unicode": ("日本", "語のテキスト 🦊"),
    "empty answer": ("What?", ""),
    "ends already": ("Hi ", "Hello<|endoftext|>"),
    "cut": ("The quick brown fox jumps over ", "the lazy dog. " * 6),
}


def make_tokenizer():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=460, special_tokens=SPECIAL, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(CORPUS * 3, trainer)
    return tokenizer


def prepared(tokenizer, rows, **settings):
    """The dataset that TRL trains on."""
    model = GPT2LMHeadModel(GPT2Config(vocab_size=len(tokenizer), n_positions=64, n_embd=8, n_layer=1, n_head=1))
    with tempfile.TemporaryDirectory() as folder:
        args = SFTConfig(output_dir=folder, report_to=[], use_cpu=True, bf16=False, **settings)
        trainer = SFTTrainer(model=model, args=args, train_dataset=Dataset.from_list(rows), processing_class=tokenizer)
        return list(trainer.train_dataset)


def case(name, template, given, max_length, rows):
    if not rows:
        return None
    [row] = rows
    return {
        "name": name,
        "template": template,
        **given,
        "maxLength": max_length,
        "ids": row["input_ids"],
        "trainedOn": "".join("0" if label == -100 else "1" for label in row["labels"]),
    }


def main():
    OUT.mkdir(exist_ok=True)
    inner = make_tokenizer()
    inner.save(str(OUT / "tokenizer.json"), pretty=False)
    cases = []
    for template, text, bos, eos in TEMPLATES:
        tokenizer = PreTrainedTokenizerFast(
            tokenizer_object=inner, bos_token=bos, eos_token=eos, pad_token="<|endoftext|>", chat_template=text
        )
        for name, messages in CONVERSATIONS.items():
            if template == "gemma" and messages[0]["role"] == "system":
                continue
            max_length = CUT_AT if name == "cut" else 1000
            rows = prepared(tokenizer, [{"messages": messages}], assistant_only_loss=True, max_length=max_length)
            found = case(f"{template}: {name}", template, {"messages": messages}, max_length, rows)
            if found:
                cases.append(found)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=inner, bos_token="<|endoftext|>", eos_token="<|endoftext|>", pad_token="<|endoftext|>"
    )
    for name, (prompt, completion) in PAIRS.items():
        max_length = CUT_AT if name == "cut" else 1000
        pair = {"prompt": prompt, "completion": completion}
        rows = prepared(tokenizer, [pair], completion_only_loss=True, max_length=max_length)
        found = case(f"plain: {name}", "plain", {"pair": pair}, max_length, rows)
        if found:
            cases.append(found)
    golden = {
        "tokens": {name: {"bos": bos, "eos": eos} for name, _, bos, eos in TEMPLATES},
        "own": THINKING,
        "cases": cases,
    }
    lines = ",\n".join(json.dumps(found, ensure_ascii=False) for found in golden.pop("cases"))
    head = json.dumps(golden, ensure_ascii=False)[:-1]
    (OUT / "conversations.json").write_text(f'{head}, "cases": [\n{lines}\n]}}\n', encoding="utf-8")
    print(len(cases), "cases")


if __name__ == "__main__":
    main()
