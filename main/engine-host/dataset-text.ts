// Streams the text of a dataset, whole or one part of its split, with memory that does not grow with it.
// A text is split by characters, a table by rows; by hash, paragraphs or rows are chosen by their content.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { DataConfig } from '../../engine/index.ts';
import { cellText } from '../import/cell-text.ts';
import type { Row } from '../import/kind.ts';
import type { DatasetText } from './messages.ts';

export type TextPart = 'all' | 'train' | 'validation';
type Split = Pick<DataConfig, 'validationFraction' | 'splitBy'>;

/**
 * The text of one part of a dataset in chunks. `rowEnd` is written after each row of a table.
 * In order, the first floor(n * (1 - validationFraction)) characters (code points) or rows are for training.
 */
export async function* datasetText(
  dataset: DatasetText,
  part: TextPart,
  { validationFraction, splitBy }: Split,
  rowEnd: string,
): AsyncGenerator<string> {
  const { kind, characterCount, rowCount } = dataset;
  const units = kind === 'table' ? rows(dataset, rowEnd) : null;
  if (part === 'all') yield* units ?? characters(dataset);
  else if (splitBy === 'hash') {
    for await (const unit of units ?? paragraphs(dataset)) {
      if (isHeldOut(unit, validationFraction) === (part === 'validation')) yield unit;
    }
  } else if (units) {
    yield* slice(units, Math.floor(rowCount * (1 - validationFraction)), part);
  } else {
    yield* sliceCharacters(characters(dataset), Math.floor(characterCount * (1 - validationFraction)), part);
  }
}

function characters({ folder }: DatasetText): AsyncIterable<string> {
  // The stream's decoder never cuts within a character.
  return createReadStream(join(folder, 'text.txt'), { encoding: 'utf8', highWaterMark: 1 << 20 });
}

/** The lines of a file, each with its end. */
export async function* lines(file: string): AsyncGenerator<string> {
  let held: string[] = [];
  for await (const chunk of createReadStream(file, { encoding: 'utf8', highWaterMark: 1 << 20 })) {
    const text = chunk as string;
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      yield held.join('') + text.slice(start, end + 1);
      held = [];
      start = end + 1;
    }
    if (start < text.length) held.push(text.slice(start));
  }
  if (held.length > 0) yield held.join('');
}

async function* rows({ folder, textColumn }: DatasetText, rowEnd: string): AsyncGenerator<string> {
  for await (const line of lines(join(folder, 'rows.jsonl'))) {
    yield cellText(JSON.parse(line) as Row, textColumn) + rowEnd;
  }
}

/** Blocks of lines that end with an empty line. */
async function* paragraphs({ folder }: DatasetText): AsyncGenerator<string> {
  let held: string[] = [];
  for await (const line of lines(join(folder, 'text.txt'))) {
    held.push(line);
    if (line !== '\n') continue;
    yield held.join('');
    held = [];
  }
  if (held.length > 0) yield held.join('');
}

/** Whether a piece of text is held out: by its own content, so that copies of it fall on the same side. */
export function isHeldOut(text: string, validationFraction: number): boolean {
  return createHash('sha256').update(text).digest().readUInt32BE(0) < validationFraction * 2 ** 32;
}

async function* slice(units: AsyncIterable<string>, border: number, part: TextPart): AsyncGenerator<string> {
  let index = 0;
  for await (const unit of units) {
    const isTraining = index++ < border;
    if (isTraining === (part === 'train')) yield unit;
    else if (part === 'train') return;
  }
}

async function* sliceCharacters(
  chunks: AsyncIterable<string>,
  border: number,
  part: TextPart,
): AsyncGenerator<string> {
  let left = border;
  for await (const chunk of chunks) {
    const end = endOfCodePoints(chunk, left);
    left -= codePointsIn(chunk, end);
    if (part === 'train' && end > 0) yield chunk.slice(0, end);
    if (part === 'validation' && end < chunk.length) yield chunk.slice(end);
    if (part === 'train' && left === 0) return;
  }
}

const isHighSurrogate = (code: number): boolean => (code & 0xfc00) === 0xd800;

/** The index in UTF-16 units after the first `count` code points of a text, at most its length. */
function endOfCodePoints(text: string, count: number): number {
  if (text.length <= count) return text.length;
  let index = 0;
  for (let seen = 0; seen < count && index < text.length; seen++) {
    index += isHighSurrogate(text.charCodeAt(index)) ? 2 : 1;
  }
  return index;
}

function codePointsIn(text: string, end: number): number {
  let count = 0;
  for (let i = 0; i < end; i++) if (!isHighSurrogate(text.charCodeAt(i))) count++;
  return count;
}
