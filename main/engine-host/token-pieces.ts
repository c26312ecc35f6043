// A dataset as a stream of token pieces: which tokens, where an example begins, which tokens are trained on.
// A task that teaches only some of its tokens says so here, and nowhere else.

import { encodeStream, streamEncoder, type DataConfig, type Tokenizer } from '../../engine/index.ts';
import { datasetText, type TextPart } from './dataset-text.ts';
import { chatPieces, type RowJudge } from './chat-pieces.ts';
import { classPieces, maskPieces, pairPieces } from './example-pieces.ts';
import type { DatasetText } from './messages.ts';
import type { TaskData } from './task-data.ts';
import type { TokenPiece } from './token-piece.ts';
import { rowEndOf } from './tokenizer-preparation.ts';

/** The tokens of one part of a dataset for a task; `judge` hears the rows of a conversation task. */
export function taskPieces(
  dataset: DatasetText,
  part: TextPart,
  task: TaskData,
  tokenizer: Tokenizer,
  signal: AbortSignal,
  judge: RowJudge | null = null,
): AsyncGenerator<TokenPiece> {
  switch (task.task) {
    case 'text':
      return textPieces(dataset, part, task.data, tokenizer, signal);
    case 'translate':
    case 'seq2seq':
      return pairPieces(dataset, part, task, tokenizer, signal);
    case 'classify':
      return classPieces(dataset, part, task, tokenizer, signal);
    case 'mask':
      return maskPieces(dataset, part, task, tokenizer, signal);
    case 'instruct':
    case 'chat':
      return chatPieces(dataset, part, task, tokenizer, signal, judge);
    default:
      return task.task satisfies never;
  }
}

/**
 * The tokens of one part of a dataset for the task of going on with its text: all are trained on.
 * A text is one example; each row of a table is one, and is encoded by itself.
 */
function textPieces(
  dataset: DatasetText,
  part: TextPart,
  data: DataConfig,
  tokenizer: Tokenizer,
  signal: AbortSignal,
): AsyncGenerator<TokenPiece> {
  const chunks = datasetText(dataset, part, data, rowEndOf(tokenizer));
  return dataset.kind === 'table'
    ? rowPieces(tokenizer, chunks, signal)
    : oneExample(tokenizer, chunks, signal);
}

async function* rowPieces(
  tokenizer: Tokenizer,
  rows: AsyncIterable<string>,
  signal: AbortSignal,
): AsyncGenerator<TokenPiece> {
  const encoder = streamEncoder(tokenizer);
  for await (const row of rows) {
    signal.throwIfAborted();
    yield { ids: encoder.push(row), startsExample: true, trainedOn: null };
    yield { ids: encoder.finish(), startsExample: false, trainedOn: null };
  }
}

async function* oneExample(
  tokenizer: Tokenizer,
  chunks: AsyncIterable<string>,
  signal: AbortSignal,
): AsyncGenerator<TokenPiece> {
  yield { ids: new Uint32Array(0), startsExample: true, trainedOn: null };
  for await (const ids of encodeStream(tokenizer, chunks, signal)) {
    yield { ids, startsExample: false, trainedOn: null };
  }
}
