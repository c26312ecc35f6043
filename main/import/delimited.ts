// Tables with commas or tabs (RFC 4180 quoting). The first line names the columns when it looks like names,
// or when the caller says so; else they are called column1, column2, …

import { parse, type CsvError } from 'csv-parse';
import { Readable } from 'node:stream';
import { EngineError } from '../../engine/index.ts';
import { decodeText } from './decode-text.ts';
import { guessHeader } from './guess-header.ts';
import type { InputFile } from './input-file.ts';
import type { ImportKind, ReadOptions, Row } from './kind.ts';

export const csvKind: ImportKind = {
  dataset: 'table',
  extensions: ['.csv'],
  read: (file, options) => read(file, options, ','),
};

export const tsvKind: ImportKind = {
  dataset: 'table',
  extensions: ['.tsv', '.tab'],
  read: (file, options) => read(file, options, '\t'),
};

/** Lines that are looked at before it is decided whether the first one names the columns. */
const linesForGuess = 50;
const pieceCharacters = 1 << 16;

async function* read(file: InputFile, options: ReadOptions, delimiter: string): AsyncGenerator<Row> {
  const records = parseRecords(file, delimiter, options);
  const first: string[][] = [];
  for (let i = 0; i < linesForGuess; i++) {
    const { value, done } = await records.next();
    if (done) break;
    first.push(value);
  }
  if (first.length === 0) return;
  const hasHeader = options.hasHeader ?? guessHeader(first);
  const names = hasHeader ? first.shift()! : first[0]!.map((_, i) => `column${i + 1}`);
  requireNames(file, names, options);
  if (options.hasHeader === undefined) {
    options.onGuess(
      hasHeader
        ? `${file.name}: the first line names the columns (${names.join(', ')})`
        : `${file.name}: no line of names, so the columns are ${names.join(', ')}`,
    );
  }
  const toRow = (cells: string[]): Row => Object.fromEntries(names.map((name, i) => [name, cells[i] ?? '']));
  for (const cells of first) yield toRow(cells);
  for await (const cells of records) yield toRow(cells);
}

function requireNames(file: InputFile, names: readonly string[], { onTrouble }: ReadOptions): void {
  const repeated = names.find((name, i) => names.indexOf(name) !== i);
  if (repeated === undefined && names.every((name) => name !== '')) return;
  const error = new EngineError(
    'table-columns-invalid',
    repeated
      ? `${file.path} names the column "${repeated}" twice.`
      : `${file.path} has a column without a name.`,
    {
      hint: 'Give each column its own name in the first line, or say that there is no line of names (--no-header).',
    },
  );
  onTrouble(error, 1);
}

async function* parseRecords(
  file: InputFile,
  delimiter: string,
  { onTrouble }: ReadOptions,
): AsyncGenerator<string[]> {
  const parser = parse({
    delimiter,
    // In tab-separated files a quote is often just a quote.
    quote: delimiter === '\t' ? null : '"',
    skip_empty_lines: true,
    max_record_size: 64 * 1024 * 1024,
    info: true,
    // Rows of another length are ours to judge: a preview goes on after them.
    relax_column_count: true,
  });
  const input = Readable.from(smallPieces(decodeText(file, onTrouble)), {
    objectMode: true,
    highWaterMark: 1,
  });
  input.on('error', (error) => parser.destroy(error));
  let width = -1;
  try {
    for await (const one of input.pipe(parser)) {
      const { info, record } = one as { info: { lines: number }; record: string[] };
      if (width < 0) width = record.length;
      if (record.length === width) yield record;
      else onTrouble(ragged(file, record.length, width, info.lines), info.lines);
    }
  } catch (error) {
    if (!isCsvError(error)) throw error;
    // Where a quote was left open nothing after it can be trusted.
    onTrouble(unreadable(file, error), error.lines);
  } finally {
    input.destroy();
  }
}

/** Pieces that are parsed in a few ms each; characters stay whole. */
async function* smallPieces(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const text of pieces) {
    for (let start = 0; start < text.length;) {
      let end = Math.min(text.length, start + pieceCharacters);
      if (end < text.length && (text.charCodeAt(end) & 0xfc00) === 0xdc00) end++;
      yield text.slice(start, end);
      start = end;
    }
  }
}

function isCsvError(error: unknown): error is CsvError & { lines: number } {
  return (error as { code?: string }).code?.startsWith('CSV_') ?? false;
}

function ragged(file: InputFile, length: number, width: number, line: number): EngineError {
  return new EngineError(
    'table-row-invalid',
    `${file.path} line ${line} has ${length} cells; the lines before it have ${width}.`,
    { hint: 'Quote cells that hold the separator or a line end: "one, two".' },
  );
}

function unreadable(file: InputFile, error: CsvError & { lines: number }): EngineError {
  return new EngineError('table-row-invalid', `${file.path} line ${error.lines}: ${error.message}.`, {
    hint: 'Check the quotes around this line.',
    cause: error,
  });
}
