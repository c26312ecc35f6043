// The rows of a table as examples of a task that reads one column and learns another, or fills in what is hidden.
// A pair is its source and its target, each with the token that ends a text; a text with a class ends with the
// number of the class, the only one that is learned.

import { EngineError, joinIds, type Tokenizer } from '../../engine/index.ts';
import { cellText } from '../import/cell-text.ts';
import { datasetRows } from './dataset-rows.ts';
import { datasetText, type TextPart } from './dataset-text.ts';
import type { DatasetText } from './messages.ts';
import type { TaskData } from './task-data.ts';
import type { TokenPiece } from './token-piece.ts';

/** Examples of `translate` and `seq2seq`. */
export async function* pairPieces(
  dataset: DatasetText,
  part: TextPart,
  { data }: TaskData,
  tokenizer: Tokenizer,
  signal: AbortSignal,
): AsyncGenerator<TokenPiece> {
  for await (const { row } of datasetRows(dataset, part, data)) {
    signal.throwIfAborted();
    const source = closed(tokenizer.encode(cellText(row, data.inputColumn)).ids, tokenizer);
    const target = closed(tokenizer.encode(cellText(row, data.targetColumn)).ids, tokenizer);
    yield { ids: source, startsExample: true, trainedOn: new Uint8Array(source.length) };
    yield { ids: target, startsExample: false, trainedOn: null };
  }
}

/** Examples of `classify`; throws `class-unknown` for a class that the run's labels do not name. */
export async function* classPieces(
  dataset: DatasetText,
  part: TextPart,
  { data, labels }: TaskData,
  tokenizer: Tokenizer,
  signal: AbortSignal,
): AsyncGenerator<TokenPiece> {
  const numbers = new Map(labels.map((label, number) => [label, number]));
  for await (const { index, row } of datasetRows(dataset, part, data)) {
    signal.throwIfAborted();
    const label = cellText(row, data.targetColumn);
    const number = numbers.get(label);
    if (number === undefined) throw unknownClass(label, index, labels);
    const text = framed(tokenizer.encode(cellText(row, data.inputColumn)).ids, tokenizer);
    yield { ids: text, startsExample: true, trainedOn: new Uint8Array(text.length) };
    yield { ids: Uint32Array.of(number), startsExample: false, trainedOn: null };
  }
}

/** Examples of `mask`: the rows of a table, or a text cut into sequences. All may be hidden. */
export async function* maskPieces(
  dataset: DatasetText,
  part: TextPart,
  task: TaskData,
  tokenizer: Tokenizer,
  signal: AbortSignal,
): AsyncGenerator<TokenPiece> {
  for await (const ids of dataset.kind === 'table'
    ? rowTokens(dataset, part, task, tokenizer)
    : sequences(dataset, part, task, tokenizer)) {
    signal.throwIfAborted();
    yield { ids: framed(ids, tokenizer), startsExample: true, trainedOn: null };
  }
}

async function* rowTokens(
  dataset: DatasetText,
  part: TextPart,
  { data }: TaskData,
  tokenizer: Tokenizer,
): AsyncGenerator<Uint32Array> {
  for await (const { row } of datasetRows(dataset, part, data)) {
    const { ids } = tokenizer.encode(cellText(row, data.inputColumn));
    if (ids.length > 0) yield ids;
  }
}

/** A text in sequences of whole lines where they fit. */
async function* sequences(
  dataset: DatasetText,
  part: TextPart,
  { data, length }: TaskData,
  tokenizer: Tokenizer,
): AsyncGenerator<Uint32Array> {
  const { first, last } = frame(tokenizer);
  const capacity = Math.max(1, length - Number(first !== null) - Number(last !== null));
  let held: number[] = [];
  for await (const line of linesOf(datasetText(dataset, part, data, '\n'))) {
    const { ids } = tokenizer.encode(line);
    if (held.length > 0 && held.length + ids.length > capacity) {
      yield Uint32Array.from(held);
      held = [];
    }
    for (const id of ids) held.push(id);
    while (held.length > capacity) {
      yield Uint32Array.from(held.slice(0, capacity));
      held = held.slice(capacity);
    }
  }
  if (held.length > 0) yield Uint32Array.from(held);
}

async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let held = '';
  for await (const chunk of chunks) {
    const lines = (held + chunk).split(/(?<=\n)/);
    held = lines.pop() ?? '';
    yield* lines;
  }
  if (held !== '') yield held;
}

/** A text with the token that ends it, where there is one. */
export function closed(ids: Uint32Array, { endOfTextTokenId }: Tokenizer): Uint32Array {
  return endOfTextTokenId === null ? ids : joinIds(ids, [endOfTextTokenId]);
}

/** Tokens between those that begin and end a text for an encoder, where its tokenizer has them. */
export function framed(ids: Uint32Array, tokenizer: Tokenizer): Uint32Array {
  const { first, last } = frame(tokenizer);
  return joinIds(first === null ? [] : [first], ids, last === null ? [] : [last]);
}

function frame({ specialTokens }: Tokenizer): { first: number | null; last: number | null } {
  return {
    first: specialTokens.get('[CLS]') ?? specialTokens.get('<s>') ?? null,
    last: specialTokens.get('[SEP]') ?? specialTokens.get('</s>') ?? null,
  };
}

function unknownClass(label: string, index: number, labels: readonly string[]): EngineError {
  const few = labels.slice(0, 8).join(', ');
  return new EngineError(
    'class-unknown',
    `Row ${(index + 1).toLocaleString('en')} has the class "${label.slice(0, 100)}", which the model does not know.`,
    { hint: `It knows ${few}${labels.length > 8 ? ', …' : ''}. Choose the column that holds these.` },
  );
}
