// The tokenizer of a run: read from the run's folder, or made from the dataset and saved there.
// Characters come from the whole text, so that held-out text has none that is unknown; pieces of words are
// learned from the training part alone.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  loadTokenizerJson,
  trainByteLevelBpe,
  trainCharacters,
  type BpeTrainingProgress,
  type DataConfig,
  type Tokenizer,
} from '../../engine/index.ts';
import { writeWhole } from '../studio/durable-file.ts';
import { datasetText } from './dataset-text.ts';
import type { DatasetText } from './messages.ts';

const endOfText = '<|endoftext|>';

export interface TokenizerTraining {
  readonly signal?: AbortSignal;
  /** Hears how far the learning of pieces has come. */
  readonly onProgress?: (progress: BpeTrainingProgress) => void;
}

/** What stands after each row of a table: the end-of-text token, or a line end where there is none. */
export function rowEndOf({ specialTokens, endOfTextTokenId }: Tokenizer): string {
  // Tokenizers of other programs call it by other names.
  const found = [...specialTokens].find(([, id]) => id === endOfTextTokenId);
  return found?.[0] ?? '\n';
}

/** Reads `tokenizer.json` of a run, or makes it; throws what the trainers and the reader throw. */
export async function prepareTokenizer(
  runFolder: string,
  dataset: DatasetText,
  data: DataConfig,
  signal: AbortSignal,
): Promise<Tokenizer> {
  const file = join(runFolder, 'tokenizer.json');
  const saved = await readFile(file, 'utf8').catch(() => null);
  if (saved !== null) return loadTokenizerJson(saved);
  const tokenizer = await trainTokenizer(dataset, data, { signal });
  await writeWhole(file, JSON.stringify(tokenizer.toTokenizerJson()));
  return tokenizer;
}

/** Makes the tokenizer that a run of these settings has; throws what the trainers throw. */
export function trainTokenizer(
  dataset: DatasetText,
  data: DataConfig,
  { signal, onProgress }: TokenizerTraining,
): Promise<Tokenizer> {
  if (data.tokenizer === 'characters') {
    return trainCharacters(datasetText(dataset, 'all', data, '\n'), { signal });
  }
  // One long text has no ends within it that a model could learn.
  const specialTokens = dataset.kind === 'table' ? [endOfText] : [];
  return trainByteLevelBpe(datasetText(dataset, 'train', data, specialTokens[0] ?? ''), {
    vocabSize: data.tokenizerVocabSize,
    splitPattern: data.splitPattern,
    specialTokens,
    signal,
    onProgress,
  });
}
