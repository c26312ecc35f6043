// Tables with commas or tabs (RFC 4180 quoting). The first line names the columns when it looks like names,
// or when the caller says so; else they are called column1, column2, …

import { parse, type CsvError } from 'csv-parse';
import { Readable } from 'node:stream';
import { decodeText } from './decode-text.ts';
import { guessHeader } from './guess-header.ts';
import type { InputFile } from './input-file.ts';
import { refuseFile, type ImportKind, type Row, type TableOptions } from './kind.ts';

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

async function* read(file: InputFile, options: TableOptions, delimiter: string): AsyncGenerator<Row> {
  const records = parseRecords(file, delimiter);
  const first: string[][] = [];
  for (let i = 0; i < linesForGuess; i++) {
    const { value, done } = await records.next();
    if (done) break;
    first.push(value);
  }
  if (first.length === 0) return;
  const hasHeader = options.hasHeader ?? guessHeader(first);
  const names = hasHeader ? first.shift()! : first[0]!.map((_, i) => `column${i + 1}`);
  requireNames(file, names);
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

function requireNames(file: InputFile, names: readonly string[]): void {
  const repeated = names.find((name, i) => names.indexOf(name) !== i);
  if (repeated === undefined && names.every((name) => name !== '')) return;
  refuseFile(
    'table-columns-invalid',
    repeated
      ? `${file.path} names the column "${repeated}" twice.`
      : `${file.path} has a column without a name.`,
    'Give each column its own name in the first line, or say that there is no line of names (--no-header).',
  );
}

async function* parseRecords(file: InputFile, delimiter: string): AsyncGenerator<string[]> {
  const parser = parse({
    delimiter,
    // In tab-separated files a quote is often just a quote.
    quote: delimiter === '\t' ? null : '"',
    skip_empty_lines: true,
    max_record_size: 64 * 1024 * 1024,
  });
  const input = Readable.from(decodeText(file), { objectMode: true, highWaterMark: 1 });
  input.on('error', (error) => parser.destroy(error));
  try {
    for await (const record of input.pipe(parser)) yield record as string[];
  } catch (error) {
    throw isCsvError(error) ? inOurWords(file, error) : error;
  } finally {
    input.destroy();
  }
}

function isCsvError(error: unknown): error is CsvError & { lines: number } {
  return (error as { code?: string }).code?.startsWith('CSV_') ?? false;
}

function inOurWords(file: InputFile, error: CsvError & { lines: number }): unknown {
  const where = `${file.path} line ${error.lines}`;
  if (error.code === 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH') {
    const { record } = error as unknown as { record: string[] };
    return caught(() =>
      refuseFile(
        'table-row-invalid',
        `${where} has ${record.length} cells; the lines before it have another number.`,
        'Quote cells that hold the separator or a line end: "one, two".',
        error,
      ),
    );
  }
  return caught(() =>
    refuseFile(
      'table-row-invalid',
      `${where}: ${error.message}.`,
      'Check the quotes around this line.',
      error,
    ),
  );
}

function caught(work: () => never): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
