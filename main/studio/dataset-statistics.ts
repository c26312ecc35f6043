// Counts what a dataset holds, of a large one its first part: characters, words, lines, copies, lengths,
// tokens. Memory is bounded by that part. Runs in the text thread.

import { join } from 'node:path';
import { encodeStream, type Tokenizer } from '../../engine/index.ts';
import type { DatasetStatistics } from '../../preload/contract.ts';
import type { DatasetText } from '../engine-host/messages.ts';
import { rowEndOf } from '../engine-host/tokenizer-preparation.ts';
import { cellText } from '../import/cell-text.ts';
import { decodeText } from '../import/decode-text.ts';
import { DuplicateCounter, shortestLineCharacters } from '../import/duplicates.ts';
import { firstPart, type FirstPart } from '../import/first-part.ts';
import { datasetFiles } from '../import/import-files.ts';
import { inputFile } from '../import/input-file.ts';
import { throwTrouble, type Row } from '../import/kind.ts';
import { linesOf } from '../import/lines.ts';
import { countCodePoints } from '../import/write-table.ts';
import { LengthHistogram } from './length-histogram.ts';

/** Of a larger dataset only this much is counted. */
export const mostCountedBytes = 32 * 1024 * 1024;
const mostTokensShown = 100;

/** Counts a dataset with a tokenizer; throws `unknown-character` where the tokenizer has no token for one. */
export async function countDataset(
  dataset: DatasetText,
  tokenizer: Tokenizer,
  onProgress: (value: number) => void,
): Promise<DatasetStatistics> {
  const passes = dataset.kind === 'text' ? 2 : 1;
  let doneBytes = 0;
  const path = join(dataset.folder, datasetFiles[dataset.kind]);
  const file = await inputFile(path, (count) => {
    doneBytes += count;
    onProgress(Math.min(1, doneBytes / passes / Math.min(mostCountedBytes, Math.max(1, file.sizeBytes))));
  });
  const part = firstPart(file, mostCountedBytes);
  const counts = new Counts(tokenizer);
  if (dataset.kind === 'text') await countText(part, tokenizer, counts);
  else await countRows(part, dataset.textColumn, tokenizer, counts);
  return counts.finish(dataset.kind, part.isCut());
}

async function countText(part: FirstPart, tokenizer: Tokenizer, counts: Counts): Promise<void> {
  let rowCount = 0;
  for await (const line of linesOf(part, throwTrouble)) {
    rowCount++;
    counts.lengths.add(counts.addText(line));
    if (line.length >= shortestLineCharacters) counts.duplicates.add(line);
  }
  counts.rowCount = counts.lineCount = rowCount;
  // Line ends are characters too, the last line's only where it has one.
  counts.characterCount = 0;
  for await (const ids of encodeStream(tokenizer, counts.hear(decodeText(part)))) counts.addTokens(ids);
}

async function countRows(
  part: FirstPart,
  textColumn: string,
  tokenizer: Tokenizer,
  counts: Counts,
): Promise<void> {
  const rowEnd = rowEndOf(tokenizer);
  for await (const line of linesOf(part, throwTrouble)) {
    counts.rowCount++;
    counts.duplicates.add(line);
    const text = cellText(JSON.parse(line) as Row, textColumn);
    counts.characterCount += counts.addText(text);
    counts.byteCount += Buffer.byteLength(text);
    counts.lineCount += text === '' ? 0 : text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
    const { ids } = tokenizer.encode(text + rowEnd);
    counts.lengths.add(ids.length);
    counts.addTokens(ids);
  }
}

class Counts {
  rowCount = 0;
  lineCount = 0;
  characterCount = 0;
  byteCount = 0;
  readonly duplicates = new DuplicateCounter();
  readonly lengths = new LengthHistogram();
  private wordCount = 0;
  private tokenCount = 0;
  private readonly isSeen = new Uint8Array(0x110000);
  private readonly tokenCounts: Float64Array;
  private readonly tokenizer: Tokenizer;

  constructor(tokenizer: Tokenizer) {
    this.tokenizer = tokenizer;
    this.tokenCounts = new Float64Array(tokenizer.vocabSize);
  }

  /** Counts the words of a text and marks its characters; gives how many those are. */
  addText(text: string): number {
    let isWithinWord = false;
    for (const character of text) {
      this.isSeen[character.codePointAt(0)!] = 1;
      const isSpace = character.length === 1 && isWhiteSpace(character);
      if (!isSpace && !isWithinWord) this.wordCount++;
      isWithinWord = !isSpace;
    }
    return countCodePoints(text);
  }

  /** Counts characters and bytes of a text on its way. */
  async *hear(pieces: AsyncIterable<string>): AsyncGenerator<string> {
    for await (const piece of pieces) {
      this.characterCount += countCodePoints(piece);
      this.byteCount += Buffer.byteLength(piece);
      if (piece.includes('\n')) this.isSeen[0x0a] = 1;
      yield piece;
    }
  }

  addTokens(ids: Uint32Array): void {
    this.tokenCount += ids.length;
    for (let i = 0; i < ids.length; i++) this.tokenCounts[ids[i]!]!++;
  }

  finish(kind: DatasetText['kind'], isPartial: boolean): DatasetStatistics {
    return {
      characterCount: this.characterCount,
      wordCount: this.wordCount,
      lineCount: this.lineCount,
      rowCount: this.rowCount,
      duplicateCount: this.duplicates.count,
      distinctCharacterCount: this.isSeen.reduce((sum, seen) => sum + seen, 0),
      tokenCount: this.tokenCount,
      vocabSize: this.tokenizer.vocabSize,
      bytesPerToken: this.tokenCount === 0 ? 0 : this.byteCount / this.tokenCount,
      lengths: { unit: kind === 'text' ? 'characters' : 'tokens', ...this.lengths.buckets() },
      topTokens: this.topTokens(),
      isPartial,
    };
  }

  private topTokens(): DatasetStatistics['topTokens'] {
    const ids = Array.from(this.tokenCounts.keys()).filter((id) => this.tokenCounts[id]! > 0);
    ids.sort((a, b) => this.tokenCounts[b]! - this.tokenCounts[a]! || a - b);
    return ids
      .slice(0, mostTokensShown)
      .map((id) => ({ id, text: this.tokenizer.tokenToString(id), count: this.tokenCounts[id]! }));
  }
}

const isWhiteSpace = (character: string): boolean => /\s/.test(character);
