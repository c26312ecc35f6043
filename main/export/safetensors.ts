// One safetensors file with all of a model: its config and its tokenizer stand in the metadata, under the
// names that the files of a Hugging Face folder have, so that the file can be opened again by itself.

import { openSafetensors, writeSafetensors } from '../../engine/index.ts';
import { configText, folderTensors } from './huggingface.ts';
import type { ExportForm } from './target.ts';

/** model.safetensors alone. */
export const safetensors: ExportForm = {
  files: (exported) => {
    const { tokenizer } = exported;
    const { tensors } = folderTensors(exported);
    const metadata = {
      format: 'pt',
      'config.json': configText(exported),
      'tokenizer.json': JSON.stringify(tokenizer.toTokenizerJson()),
      'tokenizer_config.json': JSON.stringify(tokenizer.toTokenizerConfig()),
    };
    return { 'model.safetensors': () => writeSafetensors(tensors, metadata) };
  },
  weightsFile: 'model.safetensors',
  openWeights: openSafetensors,
  tensors: (exported) => folderTensors(exported),
  hasAliases: false,
};
