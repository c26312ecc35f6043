// What the text thread does: makes tokenizers from datasets and counts what datasets hold. Reads the
// dataset's files itself; texts and tokens do not cross to the main thread.

import {
  dataFields,
  defaultsOf,
  loadTokenizerJson,
  tokenizerHash,
  type DataConfig,
  type Tokenizer,
} from '../../engine/index.ts';
import type { DatasetStatistics, TokenizerRecipe, TokenizerRecord } from '../../preload/contract.ts';
import type { DatasetText } from '../engine-host/messages.ts';
import { trainTokenizer } from '../engine-host/tokenizer-preparation.ts';
import { countDataset, mostCountedBytes } from './dataset-statistics.ts';

export type TextTask =
  /** `isForKeeping`: from all of a large dataset, and measured; else from its first part. */
  | { kind: 'train'; dataset: DatasetText; recipe: TokenizerRecipe; isForKeeping: boolean }
  | { kind: 'count'; dataset: DatasetText; tokenizer: TokenizerRecipe | { json: string } };

export interface TextResults {
  train: Pick<TokenizerRecord, 'kind' | 'vocabSize' | 'hash' | 'bytesPerToken'> & { json: string };
  count: DatasetStatistics;
}

type OnProgress = (title: string, value: number | null) => void;

/** Carries out one task. */
export async function carryOut(
  task: TextTask,
  onProgress: OnProgress,
): Promise<TextResults[TextTask['kind']]> {
  switch (task.kind) {
    case 'train':
      return train(task, onProgress);
    case 'count': {
      const { dataset, tokenizer: given } = task;
      const tokenizer =
        'json' in given ? loadTokenizerJson(given.json) : await make(firstPartOf(dataset), given, onProgress);
      return countDataset(dataset, tokenizer, (value) => onProgress('Counting', value));
    }
    default:
      return task satisfies never;
  }
}

async function train(
  { dataset, recipe, isForKeeping }: Extract<TextTask, { kind: 'train' }>,
  onProgress: OnProgress,
): Promise<TextResults['train']> {
  const tokenizer = await make(isForKeeping ? dataset : firstPartOf(dataset), recipe, onProgress);
  const measured = isForKeeping
    ? await countDataset(dataset, tokenizer, (value) => onProgress('Measuring the tokenizer', value))
    : null;
  return {
    json: JSON.stringify(tokenizer.toTokenizerJson()),
    kind: recipe.kind,
    vocabSize: tokenizer.vocabSize,
    hash: await tokenizerHash(tokenizer),
    bytesPerToken: measured && measured.bytesPerToken,
  };
}

function make(dataset: DatasetText, recipe: TokenizerRecipe, onProgress: OnProgress): Promise<Tokenizer> {
  // The same text as a run with the settings that nobody changed would learn from.
  const data: DataConfig = {
    ...defaultsOf(dataFields),
    tokenizer: recipe.kind,
    tokenizerVocabSize: recipe.vocabSize,
    splitPattern: recipe.splitPattern,
  };
  onProgress('Making the tokenizer', null);
  return trainTokenizer(dataset, data, {
    onProgress: (progress) => {
      if (progress.phase === 'merging')
        onProgress('Making the tokenizer', Math.min(1, progress.tokens / progress.vocabSize));
    },
  });
}

/** A large dataset as if it ended where counting it ends: a tokenizer learns its pieces from what is before. */
function firstPartOf(dataset: DatasetText): DatasetText {
  const characters = Math.max(1, dataset.characterCount);
  const share = Math.min(1, mostCountedBytes / characters);
  return {
    ...dataset,
    characterCount: Math.floor(dataset.characterCount * share),
    rowCount: Math.ceil(dataset.rowCount * share),
  };
}
