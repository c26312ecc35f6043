// The forms a model can be exported in. A new form adds its file and its line here.

import { EngineError } from '../../engine/index.ts';
import type { ExportFormat } from '../../preload/contract.ts';
import { gguf } from './gguf.ts';
import { huggingface } from './huggingface.ts';
import { marian } from './marian.ts';
import { onnx } from './onnx.ts';
import { peft } from './peft.ts';
import { pth } from './pth.ts';
import { safetensors } from './safetensors.ts';
import type { ExportForm } from './target.ts';
import { torchrun } from './torchrun.ts';

const forms: Readonly<Record<ExportFormat, ExportForm>> = {
  huggingface,
  safetensors,
  pth,
  gguf,
  onnx,
  marian,
  peft,
  torchrun,
};

/** The form of a format's name; throws `export-format-unknown`. */
export function exportForm(format: string): ExportForm {
  if (isFormat(format)) return forms[format];
  throw new EngineError('export-format-unknown', `There is no export format "${format}".`, {
    hint: `Choose one of ${Object.keys(forms).join(', ')}.`,
  });
}

function isFormat(name: string): name is ExportFormat {
  return Object.hasOwn(forms, name);
}
