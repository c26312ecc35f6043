// PyTorch's own form: a plain state dict that torch.load(weights_only=True) opens, and the model as a
// model.py beside it. With config.json and the tokenizer Heddle opens the folder again.

import { EngineError, modelPy, openTorchStateDict, writeTorchStateDict } from '../../engine/index.ts';
import { configText, folderTensors, tokenizerFiles } from './huggingface.ts';
import type { ExportFiles, ExportForm, ModelToExport } from './target.ts';

/** model.pth, model.py, config.json and the tokenizer. */
export const pth: ExportForm = {
  files: (exported) => {
    const { model, tokenizer } = exported;
    const { tensors, aliases } = folderTensors(exported);
    return {
      'model.pth': () => writeTorchStateDict(tensors, aliases),
      'model.py': () => modelPy(model),
      ...configFile(exported),
      ...tokenizerFiles(tokenizer),
    };
  },
  weightsFile: 'model.pth',
  openWeights: openTorchStateDict,
  tensors: (exported) => folderTensors(exported),
  hasAliases: true,
};

/** A model that transformers could not open has no config.json; its state dict is whole all the same. */
function configFile(exported: ModelToExport): ExportFiles {
  try {
    const text = configText(exported);
    return { 'config.json': () => text };
  } catch (error) {
    if (error instanceof EngineError) return {};
    throw error;
  }
}
