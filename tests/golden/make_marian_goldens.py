"""Writes tests/golden/huggingface/marian and marian.json: a small MarianMTModel as save_pretrained leaves it; and
marian-biased.safetensors and marian-biased.json: the same with a bias of its logits that is not zero.

Run once, with torch, transformers and tokenizers installed: python tests/golden/make_marian_goldens.py

The settings are those of opus-mt-en-de, shrunk; its SentencePiece tokenizer is replaced by byte-level BPE.
"""

import json
import shutil
import tempfile
from pathlib import Path

import torch
import transformers
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import MarianConfig, MarianMTModel, PreTrainedTokenizerFast

FOLDER = Path(__file__).parent / "huggingface" / "marian"
SOURCES = ["The loom hums.", "A bee."]
# A bias with which what is written varies.
BIAS_SEED = 7
TARGETS = ["Der Webstuhl", "Eine Biene summt"]


def tokenizer():
    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=262, special_tokens=["</s>", "<pad>"], initial_alphabet=alphabet, show_progress=False
    )
    bpe.train_from_iterator(SOURCES + TARGETS, trainer)
    return PreTrainedTokenizerFast(tokenizer_object=bpe, eos_token="</s>", pad_token="<pad>")


def main():
    transformers.logging.disable_progress_bar()
    torch.manual_seed(0)
    words = tokenizer()
    words.padding_side = "right"
    end, pad = words.eos_token_id, words.pad_token_id
    config = MarianConfig(
        vocab_size=262, d_model=16, encoder_layers=2, decoder_layers=1, encoder_attention_heads=2,
        decoder_attention_heads=2, encoder_ffn_dim=24, decoder_ffn_dim=24, max_position_embeddings=24,
        activation_function="swish", scale_embedding=True, eos_token_id=end, forced_eos_token_id=end,
        pad_token_id=pad, decoder_start_token_id=pad,
    )
    model = MarianMTModel(config).eval()
    with torch.no_grad():
        for name, p in model.named_parameters():
            if "embed_positions" not in name:
                p.add_(0.1 * torch.randn_like(p)) if p.dim() == 1 else p.normal_(std=0.3)
    shutil.rmtree(FOLDER, ignore_errors=True)
    model.save_pretrained(FOLDER)
    words.save_pretrained(FOLDER)
    model = MarianMTModel.from_pretrained(FOLDER).eval()
    source = words(SOURCES, padding=True, return_tensors="pt")
    target = words(TARGETS, padding=True, return_tensors="pt")["input_ids"]
    ids = torch.cat([torch.full((2, 1), pad), target[:, :-1]], dim=1)
    with torch.no_grad():
        logits = model(
            input_ids=source["input_ids"], attention_mask=source["attention_mask"], decoder_input_ids=ids
        ).logits
        written = model.generate(
            **{key: source[key] for key in ("input_ids", "attention_mask")}, max_new_tokens=12, num_beams=1, do_sample=False
        )
    expected = {
        "transformers": transformers.__version__,
        "sourceIds": source["input_ids"].tolist(),
        "sourceLengths": source["attention_mask"].sum(1).tolist(),
        "ids": ids.tolist(),
        "lastLogits": [[float(f"{value:.7g}") for value in row] for row in logits[:, -1].tolist()],
        "logitsSum": logits.double().abs().sum().item(),
        "writtenIds": written.tolist(),
    }
    FOLDER.with_suffix(".json").write_text(json.dumps(expected) + "\n")
    print(sorted(path.name for path in FOLDER.iterdir()), written.tolist())


def write_biased():
    """The folder's model with a bias: logits, loss, gradients, and what it writes greedily and with beams."""
    words = PreTrainedTokenizerFast.from_pretrained(FOLDER)
    model = MarianMTModel.from_pretrained(FOLDER)
    torch.manual_seed(BIAS_SEED)
    model.final_logits_bias.copy_(torch.randn_like(model.final_logits_bias))
    # Not read by Heddle, which ends what is too long without an end token.
    model.generation_config.forced_eos_token_id = None
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        shutil.copy(Path(folder) / "model.safetensors", FOLDER.parent / "marian-biased.safetensors")
    model.eval()
    source = words(SOURCES, padding=True, return_tensors="pt", return_token_type_ids=False)
    labels = words(TARGETS, padding=True, return_tensors="pt")["input_ids"]
    ids = torch.cat([torch.full((2, 1), words.pad_token_id), labels[:, :-1]], dim=1)
    labels = labels.masked_fill(labels == words.pad_token_id, -100)
    result = model(**source, decoder_input_ids=ids, labels=labels)
    result.loss.backward()
    # PyTorch keeps the row of padding from learning where it is looked up, even as what targets begin behind.
    gradient = model.model.shared.weight.grad.double()
    gradient[words.pad_token_id] = 0
    written = {
        beams: model.generate(**source, max_new_tokens=12, num_beams=beams, do_sample=False, length_penalty=1.0).tolist()
        for beams in (1, 3)
    }
    expected = {
        "transformers": transformers.__version__,
        "labels": labels.tolist(),
        "lastLogits": [[float(f"{value:.7g}") for value in row] for row in result.logits[:, -1].tolist()],
        "loss": result.loss.item(),
        "embeddingGradientSum": gradient.abs().sum().item(),
        "written": written,
    }
    (FOLDER.parent / "marian-biased.json").write_text(json.dumps(expected) + "\n")
    print(written, expected["loss"])


if __name__ == "__main__":
    main()
    write_biased()
