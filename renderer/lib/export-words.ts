// The forms a model can be exported in, in words: what each writes, how large it will be, and how it is opened
// afterwards. Nothing of Vue.

import type { CallInput, ExportFormat } from '../../preload/contract.ts';

export type ExportElement = NonNullable<CallInput<'export.run'>['elementType']>;

export interface ExportForm {
  readonly format: ExportFormat;
  readonly label: string;
  /** What is written and who opens it. */
  readonly help: string;
  /** What must be installed to open it. */
  readonly needs: string;
}

export const exportForms: readonly ExportForm[] = [
  {
    format: 'huggingface',
    label: 'Hugging Face folder',
    help: 'config.json, model.safetensors and the tokenizer: what transformers and most other programs open.',
    needs: 'pip install transformers torch',
  },
  {
    format: 'safetensors',
    label: 'Single safetensors',
    help: 'One file with the weights; config and tokenizer stand in its metadata, so that Heddle opens it alone.',
    needs: 'pip install safetensors torch',
  },
  {
    format: 'pth',
    label: 'PyTorch .pth',
    help: 'A plain state dict with the model as a short model.py beside it, and the tokenizer.',
    needs: 'pip install torch',
  },
];

export const exportElements: readonly { element: ExportElement; label: string; help: string }[] = [
  { element: 'f32', label: 'f32', help: 'As trained: every weight as it is.' },
  { element: 'f16', label: 'f16', help: 'Half the size; weights are rounded to 11 bits.' },
  {
    element: 'bf16',
    label: 'bf16',
    help: 'Half the size with the range of f32; weights are rounded to 8 bits.',
  },
];

/** The bytes that the weights alone will take; config and tokenizer add a little. */
export function exportBytes(parameterCount: number, element: ExportElement): number {
  return parameterCount * (element === 'f32' ? 4 : 2);
}

/** Python that opens an export; `path` is where its folder lies. */
export function openingSnippet(format: ExportFormat, path: string): string {
  const place = JSON.stringify(path);
  if (format === 'huggingface')
    return [
      'from transformers import AutoModelForCausalLM, AutoTokenizer',
      '',
      `path = ${place}`,
      'tokenizer = AutoTokenizer.from_pretrained(path)',
      'model = AutoModelForCausalLM.from_pretrained(path)',
      'inputs = tokenizer("Once ", return_tensors="pt")',
      'longest = min(200, model.config.max_position_embeddings)',
      'output = model.generate(**inputs, max_length=longest, do_sample=True)',
      'print(tokenizer.decode(output[0]))',
    ].join('\n');
  if (format === 'marian')
    return [
      'from transformers import AutoModelForSeq2SeqLM, AutoTokenizer',
      '',
      `path = ${place}`,
      'tokenizer = AutoTokenizer.from_pretrained(path)',
      'model = AutoModelForSeq2SeqLM.from_pretrained(path)',
      'inputs = tokenizer("A sentence.", return_tensors="pt")',
      'output = model.generate(**inputs)',
      'print(tokenizer.decode(output[0], skip_special_tokens=True))',
    ].join('\n');
  if (format === 'safetensors')
    return [
      'from safetensors import safe_open',
      '',
      `path = ${place}`,
      'with safe_open(f"{path}/model.safetensors", framework="pt") as file:',
      '    config = file.metadata()["config.json"]',
      '    weights = {name: file.get_tensor(name) for name in file.keys()}',
    ].join('\n');
  return [
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
  ].join('\n');
}
