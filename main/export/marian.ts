// A folder that transformers opens as a MarianMTModel, for encoder-decoders with the settings of Marian models.

import { EngineError, openSafetensors } from '../../engine/index.ts';
import { folderFiles, folderTensors } from './huggingface.ts';
import type { ExportForm } from './target.ts';

/** A Marian model folder; refuses by name what Marian's class does not compute. */
export const marian: ExportForm = {
  files: (exported) => {
    const { modelType } = exported.model;
    if (modelType !== 'transformer') {
      throw new EngineError(
        'export-setting-unsupported',
        `A Marian folder holds models of the transformer form; this one is ${modelType}.`,
        { hint: 'Export it as huggingface.' },
      );
    }
    return folderFiles(exported, 'marian');
  },
  weightsFile: 'model.safetensors',
  openWeights: openSafetensors,
  tensors: (exported) => folderTensors(exported, 'marian'),
  hasAliases: false,
};
