// A folder that transformers opens with its Auto classes: weights, config and tokenizer by their usual names.

import {
  hfConfigJson,
  hfGenerationConfigJson,
  hfTensorsToWrite,
  writeSafetensors,
  type HfTokenIds,
  type Tokenizer,
} from '../../engine/index.ts';
import type { ExportFiles, ModelToExport } from './target.ts';

/** The files of a Hugging Face model folder. */
export function huggingfaceFiles({ settings, tokenizer, weights }: ModelToExport): ExportFiles {
  const { tensors } = hfTensorsToWrite(settings.model, (name) => weights.readF32(name));
  const ids = tokenIds(tokenizer);
  return {
    'model.safetensors': () => writeSafetensors(tensors, { format: 'pt' }),
    'config.json': () => hfConfigJson(settings.model, ids),
    'generation_config.json': () => hfGenerationConfigJson(ids),
    ...tokenizerFiles(tokenizer),
  };
}

/** tokenizer.json and tokenizer_config.json. */
export function tokenizerFiles(tokenizer: Tokenizer): ExportFiles {
  return {
    'tokenizer.json': () => jsonText(tokenizer.toTokenizerJson()),
    'tokenizer_config.json': () => jsonText(tokenizer.toTokenizerConfig()),
  };
}

function tokenIds({ endOfTextTokenId, padTokenId }: Tokenizer): HfTokenIds {
  return { bosTokenId: endOfTextTokenId, eosTokenId: endOfTextTokenId, padTokenId };
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
