// What the text thread does: makes tokenizers from datasets and counts what datasets hold. Reads the
// dataset's files itself; texts and tokens do not cross to the main thread.

import {
  dataFields,
  defaultsOf,
  loadTokenizerJson,
  tokenizerHash,
  type DataConfig,
  type RunSettings,
  type Tokenizer,
} from '../../engine/index.ts';
import type {
  CallOutput,
  DatasetStatistics,
  MetricName,
  SeenExample,
  TokenizerRecipe,
  TokenizerRecord,
} from '../../preload/contract.ts';
import type { DatasetText } from '../engine-host/messages.ts';
import { trainTokenizer } from '../engine-host/tokenizer-preparation.ts';
import { countClasses, type ClassCounts } from './class-counts.ts';
import { compareEvaluations, type ComparedEvaluation } from './compare-evaluations.ts';
import { countDataset, mostCountedBytes } from './dataset-statistics.ts';
import { checkExamples } from './task-check.ts';
import { seeExample } from './task-examples.ts';

/** A tokenizer to be made from a dataset, or one that is there. */
export type ThreadTokenizer = TokenizerRecipe | { json: string; config?: Readonly<Record<string, unknown>> };

/** What of a dataset is looked at as a run of these settings would. */
interface TaskLook {
  readonly dataset: DatasetText;
  readonly settings: RunSettings;
  readonly tokenizer: ThreadTokenizer;
}

export type TextTask =
  /** `isForKeeping`: from all of a large dataset, and measured; else from its first part. */
  | { kind: 'train'; dataset: DatasetText; recipe: TokenizerRecipe; isForKeeping: boolean }
  | { kind: 'count'; dataset: DatasetText; tokenizer: ThreadTokenizer }
  | { kind: 'classes'; dataset: DatasetText; column: string }
  | ({ kind: 'see'; index: number } & TaskLook)
  | ({ kind: 'check' } & TaskLook)
  | { kind: 'compare'; first: ComparedEvaluation; second: ComparedEvaluation; metric: MetricName };

export interface TextResults {
  train: Pick<TokenizerRecord, 'kind' | 'vocabSize' | 'hash' | 'bytesPerToken'> & { json: string };
  count: DatasetStatistics;
  classes: ClassCounts;
  see: SeenExample;
  check: CallOutput<'tasks.check'>;
  compare: CallOutput<'evaluation.compare'>;
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
    case 'classes':
      return countClasses(task.dataset, task.column, (value) => onProgress('Counting classes', value));
    case 'see':
      return seeExample(task.dataset, task.settings, await tokenizerFor(task, onProgress), task.index);
    case 'check':
      return checkExamples(task.dataset, task.settings, await tokenizerFor(task, onProgress), (value) =>
        onProgress('Looking at every example', value),
      );
    case 'compare':
      return compareEvaluations(task.first, task.second, task.metric);
    default:
      return task satisfies never;
  }
}

/** The tokenizer that a run of these settings would have. */
async function tokenizerFor(
  { dataset, settings, tokenizer: given }: TaskLook,
  onProgress: OnProgress,
): Promise<Tokenizer> {
  if ('json' in given) return loadTokenizerJson(given.json, given.config);
  return make(firstPartOf(dataset), given, onProgress, settings);
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

function make(
  dataset: DatasetText,
  recipe: TokenizerRecipe,
  onProgress: OnProgress,
  // The same text as a run with the settings that nobody changed would learn from.
  settings: Pick<RunSettings, 'task' | 'data'> = { task: 'text', data: defaultsOf(dataFields) },
): Promise<Tokenizer> {
  const data: DataConfig = {
    ...settings.data,
    tokenizer: recipe.kind,
    tokenizerVocabSize: recipe.vocabSize,
    splitPattern: recipe.splitPattern,
  };
  onProgress('Making the tokenizer', null);
  return trainTokenizer(
    dataset,
    { task: settings.task, data },
    {
      onProgress: (progress) => {
        if (progress.phase === 'merging')
          onProgress('Making the tokenizer', Math.min(1, progress.tokens / progress.vocabSize));
      },
    },
  );
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
