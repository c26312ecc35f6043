// A folder that transformers opens with its Auto classes: weights, config and tokenizer by their usual names.

import {
  hfConfigJson,
  hfGenerationConfigJson,
  hfTensorsToWrite,
  openSafetensors,
  writeSafetensors,
  type HfTokenIds,
  type Tokenizer,
} from '../../engine/index.ts';
import type { ExportFiles, ExportForm, ModelToExport } from './target.ts';

/** A Hugging Face model folder. */
export const huggingface: ExportForm = {
  files: ({ model, tokenizer, weights, elementType }) => {
    const { tensors } = hfTensorsToWrite(model, (name) => weights.readF32(name), elementType);
    return {
      'model.safetensors': () => writeSafetensors(tensors, { format: 'pt' }),
      'config.json': () => configText({ model, tokenizer, elementType }),
      'generation_config.json': () => hfGenerationConfigJson(tokenIds(tokenizer)),
      ...tokenizerFiles(tokenizer),
    };
  },
  weightsFile: 'model.safetensors',
  openWeights: openSafetensors,
  hasAliases: false,
};

/** config.json of a model. */
export function configText(model: Pick<ModelToExport, 'model' | 'tokenizer' | 'elementType'>): string {
  return hfConfigJson(model.model, tokenIds(model.tokenizer), model.elementType);
}

/** tokenizer.json and tokenizer_config.json. */
export function tokenizerFiles(tokenizer: Tokenizer): ExportFiles {
  return {
    'tokenizer.json': () => jsonText(tokenizer.toTokenizerJson()),
    'tokenizer_config.json': () => jsonText(tokenizer.toTokenizerConfig()),
  };
}

/** A tokenizer of another program may begin texts with a token of their own; Heddle's begin as they end. */
function tokenIds(tokenizer: Tokenizer): HfTokenIds {
  const { endOfTextTokenId, padTokenId, specialTokens } = tokenizer;
  const begin = tokenizer.toTokenizerConfig()['bos_token'];
  const bosTokenId = typeof begin === 'string' ? specialTokens.get(begin) : undefined;
  return { bosTokenId: bosTokenId ?? endOfTextTokenId, eosTokenId: endOfTextTokenId, padTokenId };
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
