// The forms a model can be exported in, in words: what each writes, how large it will be, and how it is opened
// afterwards. Which of them fit a model is told by the studio. Nothing of Vue.

import type { CallInput, ExportFormat } from '../../preload/contract.ts';

export type ExportElement = NonNullable<CallInput<'export.run'>['elementType']>;

export interface ExportWords {
  readonly label: string;
  /** What is written and who opens it. */
  readonly help: string;
  /** What must be installed to open it. */
  readonly needs: string;
}

export const exportWords: Readonly<Record<ExportFormat, ExportWords>> = {
  huggingface: {
    label: 'Hugging Face folder',
    help: 'config.json, model.safetensors and the tokenizer: what transformers and most other programs open.',
    needs: 'pip install transformers torch',
  },
  safetensors: {
    label: 'Single safetensors',
    help: 'One file with the weights; config and tokenizer stand in its metadata, so that Heddle opens it alone.',
    needs: 'pip install safetensors torch',
  },
  pth: {
    label: 'PyTorch .pth',
    help: 'A plain state dict with the model as a short model.py beside it, and the tokenizer.',
    needs: 'pip install torch',
  },
  gguf: {
    label: 'GGUF',
    help: 'One file for llama.cpp, Ollama and LM Studio, with the tokenizer inside.',
    needs: 'llama.cpp',
  },
  onnx: {
    label: 'ONNX',
    help: 'A graph from token ids to logits for ONNX Runtime, with the tokenizer beside it; without a cache.',
    needs: 'pip install onnxruntime',
  },
  marian: {
    label: 'Marian folder',
    help: 'A translator as transformers’ MarianMTModel, with its tokenizer.',
    needs: 'pip install transformers torch',
  },
  peft: {
    label: 'PEFT adapter',
    help: 'What LoRA added, apart from the model that the run began with: a small folder that PEFT opens beside it.',
    needs: 'pip install peft transformers torch',
  },
  torchrun: {
    label: 'PyTorch run',
    help: 'The run itself, with optimizer and data: torchrun goes on with it on one machine or a cluster.',
    needs: 'pip install torch safetensors numpy',
  },
};

export const exportElements: readonly { element: ExportElement; label: string; help: string }[] = [
  { element: 'f32', label: 'f32', help: 'As trained: every weight as it is.' },
  { element: 'f16', label: 'f16', help: 'Half the size; weights are rounded to 11 bits.' },
  {
    element: 'bf16',
    label: 'bf16',
    help: 'Half the size with the range of f32; weights are rounded to 8 bits.',
  },
  {
    element: 'q8_0',
    label: 'q8_0',
    help: 'A quarter of the size; 32 weights share a scale, each is rounded to 8 bits.',
  },
];

/** Bytes of a weight; q8_0 has a scale of two bytes for 32 of them. */
const elementBytes: Readonly<Record<ExportElement, number>> = { f32: 4, f16: 2, bf16: 2, q8_0: 34 / 32 };

/** The bytes that the weights alone will take; config and tokenizer add a little. */
export function exportBytes(parameterCount: number, element: ExportElement): number {
  return Math.round(parameterCount * elementBytes[element]);
}

/** What decides how an export is opened. */
export interface OpenedModel {
  readonly modelType: string;
  readonly isClassifier: boolean;
}

/** The class of transformers that opens a model of a form. */
function autoClassOf({ modelType, isClassifier }: OpenedModel): string {
  if (modelType === 't5' || modelType === 'transformer') return 'AutoModelForSeq2SeqLM';
  if (modelType !== 'bert') return 'AutoModelForCausalLM';
  return isClassifier ? 'AutoModelForSequenceClassification' : 'AutoModelForMaskedLM';
}

/** Code that opens an export; `path` is where its folder lies. */
export function openingSnippet(format: ExportFormat, path: string, model: OpenedModel): string {
  const place = JSON.stringify(path);
  switch (format) {
    case 'huggingface':
    case 'marian':
      return transformersSnippet(place, model);
    case 'peft':
      return lines(
        'from peft import PeftModel',
        `from transformers import ${autoClassOf(model)}, AutoTokenizer`,
        '',
        `path = ${place}`,
        '# The model that the run began with, exported as a Hugging Face folder',
        'base = "path/to/base"',
        'tokenizer = AutoTokenizer.from_pretrained(path)',
        `model = PeftModel.from_pretrained(${autoClassOf(model)}.from_pretrained(base), path)`,
      );
    case 'safetensors':
      return lines(
        'from safetensors import safe_open',
        '',
        `path = ${place}`,
        'with safe_open(f"{path}/model.safetensors", framework="pt") as file:',
        '    config = file.metadata()["config.json"]',
        '    weights = {name: file.get_tensor(name) for name in file.keys()}',
      );
    case 'gguf':
      return `llama-cli -m ${shellWord(`${path}/model.gguf`)} -p "Once "`;
    case 'onnx':
      return lines(
        'import numpy as np',
        'import onnxruntime',
        'from tokenizers import Tokenizer',
        '',
        `path = ${place}`,
        'tokenizer = Tokenizer.from_file(f"{path}/tokenizer.json")',
        'session = onnxruntime.InferenceSession(f"{path}/model.onnx")',
        'ids = np.array([tokenizer.encode("Once ").ids], dtype=np.int64)',
        '(logits,) = session.run(["logits"], {"input_ids": ids})',
      );
    case 'torchrun':
      return `sh ${shellWord(`${path}/run.sh`)}`;
    case 'pth':
      return lines(
        'import sys',
        'import torch',
        '',
        `path = ${place}`,
        'sys.path.insert(0, path)',
        'from model import model',
        '',
        'weights = torch.load(f"{path}/model.pth", weights_only=True)',
        'model.load_state_dict(weights)',
        'model.eval()',
      );
    default:
      return format satisfies never;
  }
}

function transformersSnippet(place: string, model: OpenedModel): string {
  const autoClass = autoClassOf(model);
  return lines(
    `from transformers import ${autoClass}, AutoTokenizer`,
    '',
    `path = ${place}`,
    'tokenizer = AutoTokenizer.from_pretrained(path)',
    `model = ${autoClass}.from_pretrained(path)`,
    ...usingLines(autoClass),
  );
}

function usingLines(autoClass: string): string[] {
  switch (autoClass) {
    case 'AutoModelForCausalLM':
      return [
        'inputs = tokenizer("Once ", return_tensors="pt")',
        'longest = min(200, model.config.max_position_embeddings)',
        'output = model.generate(**inputs, max_length=longest, do_sample=True)',
        'print(tokenizer.decode(output[0]))',
      ];
    case 'AutoModelForSeq2SeqLM':
      return [
        'inputs = tokenizer("A sentence.", return_tensors="pt")',
        'output = model.generate(**inputs)',
        'print(tokenizer.decode(output[0], skip_special_tokens=True))',
      ];
    case 'AutoModelForSequenceClassification':
      return [
        'inputs = tokenizer("A sentence.", return_tensors="pt")',
        'scores = model(**inputs).logits.softmax(-1)[0]',
        'print({name: float(scores[i]) for i, name in model.config.id2label.items()})',
      ];
    default:
      return [
        'inputs = tokenizer(f"The {tokenizer.mask_token} hums.", return_tensors="pt")',
        'hidden = inputs.input_ids[0] == tokenizer.mask_token_id',
        'print(tokenizer.decode(model(**inputs).logits[0, hidden].argmax(-1)))',
      ];
  }
}

function lines(...parts: readonly string[]): string {
  return parts.join('\n');
}

/** A word as a POSIX shell reads it back. */
function shellWord(word: string): string {
  return /^[\w./@%+,:=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
