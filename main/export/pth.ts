// PyTorch's own form: a plain state dict that torch.load(weights_only=True) opens, and the model as a
// model.py beside it.

import { hfTensorsToWrite, modelPy, writeTorchStateDict } from '../../engine/index.ts';
import { tokenizerFiles } from './huggingface.ts';
import type { ExportFiles, ModelToExport } from './target.ts';

/** model.pth, model.py and the tokenizer. */
export function pthFiles({ settings, tokenizer, weights }: ModelToExport): ExportFiles {
  const { tensors, aliases } = hfTensorsToWrite(settings.model, (name) => weights.readF32(name));
  return {
    'model.pth': () => writeTorchStateDict(tensors, aliases),
    'model.py': () => modelPy(settings.model),
    ...tokenizerFiles(tokenizer),
  };
}
