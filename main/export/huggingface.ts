// A folder that transformers opens with its Auto classes: weights, config and tokenizer by their usual names.

import {
  EngineError,
  hfConfigJson,
  hfGenerationConfigJson,
  hfTensorsToWrite,
  isEncoderDecoder,
  openSafetensors,
  taskTokens,
  writeSafetensors,
  type HfForm,
  type HfTokenIds,
  type Tokenizer,
} from '../../engine/index.ts';
import { plainElementType, type ExportFiles, type ExportForm, type ModelToExport } from './target.ts';

/** A Hugging Face model folder. */
export const huggingface: ExportForm = {
  files: (exported) => {
    if (exported.model.modelType === 'transformer') refuseTransformer();
    return folderFiles(exported);
  },
  weightsFile: 'model.safetensors',
  openWeights: openSafetensors,
  tensors: (exported) => folderTensors(exported),
  hasAliases: false,
};

/** The files of a folder in the form of one of transformers' classes. */
export function folderFiles(exported: ModelToExport, form?: HfForm): ExportFiles {
  const { tensors } = folderTensors(exported, form);
  // Made first, because it refuses what the form cannot hold.
  const config = configText(exported, form);
  return {
    'model.safetensors': () => writeSafetensors(tensors, { format: 'pt' }),
    'config.json': () => config,
    'generation_config.json': () => hfGenerationConfigJson(tokenIds(exported)),
    ...tokenizerFiles(exported.tokenizer),
  };
}

/** The tensors of a folder in the form of one of transformers' classes. */
export function folderTensors(exported: ModelToExport, form?: HfForm) {
  const { model, weights } = exported;
  return hfTensorsToWrite(model, (name) => weights.readF32(name), plainElementType(exported), form);
}

/** config.json of a model. */
export function configText(exported: Omit<ModelToExport, 'weights'>, form?: HfForm): string {
  const { model, labels } = exported;
  return hfConfigJson(model, tokenIds(exported), plainElementType(exported), form, labels);
}

function refuseTransformer(): never {
  throw new EngineError(
    'export-setting-unsupported',
    'transformers has no class for the transformer form as it is.',
    { hint: 'Export as pth, or as marian where the model has the settings of Marian models.' },
  );
}

/** tokenizer.json and tokenizer_config.json. */
export function tokenizerFiles(tokenizer: Tokenizer): ExportFiles {
  return {
    'tokenizer.json': () => jsonText(tokenizer.toTokenizerJson()),
    'tokenizer_config.json': () => jsonText(tokenizer.toTokenizerConfig()),
  };
}

/** A tokenizer of another program may begin texts with a token of their own; Heddle's begin as they end. */
function tokenIds({ model, tokenizer }: Pick<ModelToExport, 'model' | 'tokenizer'>): HfTokenIds {
  const { endOfTextTokenId, padTokenId, specialTokens } = tokenizer;
  const begin = tokenizer.toTokenizerConfig()['bos_token'];
  const bosTokenId = typeof begin === 'string' ? specialTokens.get(begin) : undefined;
  const ids = { bosTokenId: bosTokenId ?? endOfTextTokenId, eosTokenId: endOfTextTokenId, padTokenId };
  if (!isEncoderDecoder(model)) return ids;
  return { ...ids, decoderStartTokenId: taskTokens('seq2seq', model, tokenizer).startTokenId };
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
