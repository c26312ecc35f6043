// The conversations of a table as examples: the whole rendered text, of which the answers are learned. Before a run
// all of them are looked at, and what would only waste its time is refused.

import {
  ChatEncoder,
  ChatPreflight,
  EngineError,
  guessConversationForm,
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

/** Examples of `instruct` and `chat`; rows that hold no conversation are left out. */
export async function* chatPieces(
  dataset: DatasetText,
  part: TextPart,
  task: TaskData,
  tokenizer: Tokenizer,
  signal: AbortSignal,
): AsyncGenerator<TokenPiece> {
  const source = await conversationSource(dataset, task.data);
  // What is too long is cut where batches are made, so that tokens serve runs of any length.
  const { chatTemplate, answersOnly } = task.data;
  const encoder = new ChatEncoder({ chatTemplate, answersOnly, maxLength: Infinity }, tokenizer);
  for await (const { row } of datasetRows(dataset, part, task.data)) {
    signal.throwIfAborted();
    const { example } = encoder.row(row, source);
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
  const task = taskData(settings);
  const source = await conversationSource(dataset, task.data);
  const { chatTemplate, answersOnly } = task.data;
  // The last token of a sequence is learned and never read.
  const encoder = new ChatEncoder({ chatTemplate, answersOnly, maxLength: task.length + 1 }, tokenizer);
  const preflight = new ChatPreflight(encoder, {
    maxPositionEmbeddings: settings.model.maxPositionEmbeddings,
  });
  for await (const { index, row } of datasetRows(dataset, 'train', task.data)) {
    signal.throwIfAborted();
    preflight.add(index + 1, encoder.row(row, source));
  }
  return preflight;
}
