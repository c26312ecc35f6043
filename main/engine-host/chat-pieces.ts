// The conversations of a table as examples: the whole rendered text, of which the answers are learned. Before a run
// all of them are looked at, and what would only waste its time is refused.

import {
  ChatEncoder,
  ChatPreflight,
  EngineError,
  guessConversationForm,
  type ChatRowResult,
  type ConversationSource,
  type RunSettings,
  type Tokenizer,
} from '../../engine/index.ts';
import { datasetRows, type DatasetRow } from './dataset-rows.ts';
import type { TextPart } from './dataset-text.ts';
import type { DatasetText } from './messages.ts';
import { taskData, type TaskData } from './task-data.ts';
import type { TokenPiece } from './token-piece.ts';

/** Rows by which the form of the conversations is found. */
const sampledRows = 20;

/** Where a table's conversations stand in its rows; throws `columns-unclear`. */
export async function conversationSource(
  dataset: DatasetText,
  { inputColumn, targetColumn }: TaskData['data'],
): Promise<ConversationSource> {
  const sample: DatasetRow[] = [];
  const whole = { validationFraction: 0, splitBy: 'order' as const };
  for await (const { row } of datasetRows(dataset, 'all', whole)) {
    if (sample.push(row) >= sampledRows) break;
  }
  const columns = [...new Set(sample.flatMap((row) => Object.keys(row)))];
  const found = guessConversationForm(columns, sample, { inputColumn, targetColumn });
  if (found.source) return found.source;
  throw new EngineError('columns-unclear', `The rows hold no conversations. ${found.reason}`, {
    hint: 'Choose the columns of question and answer (--input-column, --target-column).',
  });
}

/** Hears the rows that a run trains on while their tokens are made, so that none is laid out a second time. */
export interface RowJudge {
  /** A whole row and its number, counted from 0. */
  hear(index: number, row: ChatRowResult): void;
  /** Throws what is wrong with all rows together. */
  finish(): void;
}

/** Refuses what `chatPreflight` finds wrong. */
export function chatJudge(settings: RunSettings, tokenizer: Tokenizer): RowJudge {
  const { encoder, preflight } = openPreflight(settings, tokenizer);
  return {
    hear(index, row) {
      preflight.add(index + 1, row.example ? { example: encoder.cut(row.example) } : row);
    },
    finish: () => preflight.requireSound(),
  };
}

/** Examples of `instruct` and `chat`; rows that hold no conversation are left out. */
export async function* chatPieces(
  dataset: DatasetText,
  part: TextPart,
  task: TaskData,
  tokenizer: Tokenizer,
  signal: AbortSignal,
  judge: RowJudge | null,
): AsyncGenerator<TokenPiece> {
  const source = await conversationSource(dataset, task.data);
  // What is too long is cut where batches are made, so that tokens serve runs of any length.
  const { chatTemplate, answersOnly } = task.data;
  const encoder = new ChatEncoder({ chatTemplate, answersOnly, maxLength: Infinity }, tokenizer);
  for await (const { index, row } of datasetRows(dataset, part, task.data)) {
    signal.throwIfAborted();
    const result = encoder.row(row, source);
    judge?.hear(index, result);
    const { example } = result;
    if (example) yield { ids: example.ids, startsExample: true, trainedOn: example.trainedOn };
  }
}

/** What is wrong with the conversations that a run would train on, as it would see them. */
export async function chatPreflight(
  dataset: DatasetText,
  settings: RunSettings,
  tokenizer: Tokenizer,
  signal: AbortSignal,
): Promise<ChatPreflight> {
  const { data } = settings;
  const source = await conversationSource(dataset, data);
  const { encoder, preflight } = openPreflight(settings, tokenizer);
  for await (const { index, row } of datasetRows(dataset, 'train', data)) {
    signal.throwIfAborted();
    preflight.add(index + 1, encoder.row(row, source));
  }
  return preflight;
}

function openPreflight(
  settings: RunSettings,
  tokenizer: Tokenizer,
): { readonly encoder: ChatEncoder; readonly preflight: ChatPreflight } {
  const { data, length } = taskData(settings);
  const { chatTemplate, answersOnly } = data;
  // The last token of a sequence is learned and never read.
  const encoder = new ChatEncoder({ chatTemplate, answersOnly, maxLength: length + 1 }, tokenizer);
  const { maxPositionEmbeddings } = settings.model;
  return { encoder, preflight: new ChatPreflight(encoder, { maxPositionEmbeddings }) };
}
