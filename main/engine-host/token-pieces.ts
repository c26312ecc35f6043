// A dataset as a stream of token pieces: which tokens, where an example begins, which tokens are trained on.
// A task that teaches only some of its tokens says so here, and nowhere else.

import { encodeStream, streamEncoder, type DataConfig, type Tokenizer } from '../../engine/index.ts';
import { datasetText, type TextPart } from './dataset-text.ts';
import type { DatasetText } from './messages.ts';
import { rowEndOf } from './tokenizer-preparation.ts';

/** Neighbouring tokens of one example. */
export interface TokenPiece {
  readonly ids: Uint32Array;
  /** Whether an example begins with them; an example may have no tokens. */
  readonly startsExample: boolean;
  /** 1 or 0 for each token; null when all of them are trained on. */
  readonly trainedOn: Uint8Array | null;
}

/**
 * The tokens of one part of a dataset for the task of going on with its text: all are trained on.
 * A text is one example; each row of a table is one, and is encoded by itself.
 */
export function textPieces(
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
