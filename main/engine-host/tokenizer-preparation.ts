// The tokenizer of a run: read from the run's folder, or made from the dataset and saved there.
// Characters come from the whole text, so that held-out text has none that is unknown; pieces of words are
// learned from the training part alone.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  chatTextRenderer,
  EngineError,
  isChatTask,
  isPairTask,
  loadTokenizerJson,
  readConversation,
  scratchChatTemplate,
  trainByteLevelBpe,
  trainCharacters,
  withChatTemplate,
  type BpeTrainingProgress,
  type RunSettings,
  type Tokenizer,
} from '../../engine/index.ts';
import { writeWhole } from '../studio/durable-file.ts';
import { conversationSource } from './chat-pieces.ts';
import { cellText } from '../import/cell-text.ts';
import { datasetRows } from './dataset-rows.ts';
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
  task: TaskText,
  signal: AbortSignal,
): Promise<Tokenizer> {
  const file = join(runFolder, 'tokenizer.json');
  const saved = await readFile(file, 'utf8').catch(() => null);
  const configFile = join(runFolder, 'tokenizer_config.json');
  if (saved !== null) {
    const config = await readFile(configFile, 'utf8').catch(() => null);
    return loadTokenizerJson(
      saved,
      config === null ? undefined : (JSON.parse(config) as Record<string, unknown>),
    );
  }
  const tokenizer = await trainTokenizer(dataset, task, { signal });
  // The config goes first: the tokenizer's own file says that both are whole.
  await writeWhole(configFile, JSON.stringify(tokenizer.toTokenizerConfig()));
  await writeWhole(file, JSON.stringify(tokenizer.toTokenizerJson()));
  return tokenizer;
}

/** Makes the tokenizer that a run of these settings has; throws what the trainers throw. */
export async function trainTokenizer(
  dataset: DatasetText,
  task: TaskText,
  { signal, onProgress }: TokenizerTraining,
): Promise<Tokenizer> {
  const { data } = task;
  const specialTokens = specialTokensOf(dataset, task);
  if (data.tokenizer === 'characters') {
    const characters = await trainCharacters(taskText(dataset, 'all', task, '\n'), { specialTokens, signal });
    return withTemplate(characters, task);
  }
  const pieces = await trainByteLevelBpe(
    taskText(dataset, 'train', task, specialTokens.includes(endOfText) ? endOfText : ''),
    {
      vocabSize: data.tokenizerVocabSize,
      splitPattern: data.splitPattern,
      specialTokens,
      signal,
      onProgress,
    },
  );
  return withTemplate(pieces, task);
}

/** What of a run's settings decides its tokenizer. */
export type TaskText = Pick<RunSettings, 'task' | 'data'>;

/** The special tokens that a task needs, in the order of their ids. */
function specialTokensOf({ kind }: DatasetText, { task, data }: TaskText): string[] {
  switch (task) {
    case 'text':
      // One long text has no ends within it that a model could learn.
      return kind === 'table' && data.tokenizer !== 'characters' ? [endOfText] : [];
    case 'translate':
    case 'seq2seq':
      return [endOfText];
    case 'classify':
    case 'mask':
      return ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];
    case 'instruct':
    case 'chat':
      return [...scratchChatTemplate(data.chatTemplate).specialTokens];
    default:
      return task satisfies never;
  }
}

function withTemplate(tokenizer: Tokenizer, { task, data }: TaskText): Tokenizer {
  if (!isChatTask(task)) return tokenizer;
  return withChatTemplate(tokenizer, scratchChatTemplate(data.chatTemplate));
}

/** All text that a task reads and writes. */
async function* taskText(
  dataset: DatasetText,
  part: 'all' | 'train',
  { task, data }: TaskText,
  rowEnd: string,
): AsyncGenerator<string> {
  if (task === 'text' || dataset.kind === 'text') {
    yield* datasetText(dataset, part, data, rowEnd);
    return;
  }
  const isChat = isChatTask(task);
  const { text, bosToken, eosToken } = scratchChatTemplate(data.chatTemplate);
  const render = isChat ? chatTextRenderer(text, { bosToken, eosToken }) : null;
  const source = isChat ? await conversationSource(dataset, data) : null;
  for await (const { row } of datasetRows(dataset, part, data)) {
    if (render && source) {
      const rendered = renderedOrNothing(() => render(readConversation(row, source)));
      if (rendered !== '') yield rendered + rowEnd;
      continue;
    }
    yield cellText(row, data.inputColumn) + rowEnd;
    if (isPairTask(task)) yield cellText(row, data.targetColumn) + rowEnd;
  }
}

/** Rows that hold no conversation are left out here as they are in training. */
function renderedOrNothing(render: () => string): string {
  try {
    return render();
  } catch (error) {
    if (error instanceof EngineError && error.code === 'row-unfit') return '';
    throw error;
  }
}
