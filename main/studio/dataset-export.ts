// Writes a dataset out as a file that other programs open: its text, JSON lines, or a table with commas. The
// file lies in a folder of its own, there whole or not at all. Names come from ids and formats, and of the
// dataset's name only letters and digits remain.

import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { EngineError } from '../../engine/index.ts';
import type { Dataset, DatasetFormat } from '../../preload/contract.ts';
import type { DatasetText } from '../engine-host/messages.ts';
import { writeExport } from '../export/target.ts';
import { cellText } from '../import/cell-text.ts';
import { datasetFiles } from '../import/import-files.ts';
import type { Row } from '../import/kind.ts';
import { splitLines } from '../import/lines.ts';

export interface DatasetExport {
  readonly dataset: Dataset;
  readonly text: DatasetText;
  readonly format: DatasetFormat;
  /** A new or empty folder. */
  readonly outPath: string;
  readonly signal: AbortSignal;
  /** Hears the share done. */
  readonly onProgress: (value: number) => void;
}

/** Writes the file; throws `export-target-taken`, or the signal's reason. */
export async function exportDataset(
  options: DatasetExport,
): Promise<{ path: string; files: string[]; sizeBytes: number }> {
  const { dataset, text, format, outPath } = options;
  const pieces =
    text.kind === 'text'
      ? fromText(text, format, options)
      : fromTable(text, dataset.columns, format, options);
  const files = { [`${safeName(dataset.name)}.${format}`]: () => inBytes(pieces) };
  return writeExport(outPath, files, {
    signal: options.signal,
    onBytes: () => undefined,
    check: () => Promise.resolve(),
  });
}

/** What the folder of an export is called when nobody names one. */
export function exportName(dataset: Dataset, format: DatasetFormat): string {
  return `${safeName(dataset.name)}-${format}`;
}

/** What of a name may stand in a file name on every system; the prefix keeps off the names that Windows reserves. */
function safeName(name: string): string {
  const kept = name
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
  return kept ? `dataset-${kept}` : 'dataset';
}

type Pieces = AsyncGenerator<string>;

async function* fromText(text: DatasetText, format: DatasetFormat, options: DatasetExport): Pieces {
  if (format === 'txt') return yield* content(text, options);
  if (format === 'csv') yield csvLine(['text']);
  // A text has no rows of its own: its lines are the rows.
  for await (const line of splitLines(content(text, options), tooLong)) {
    yield format === 'csv' ? csvLine([guarded(line)]) : `${JSON.stringify({ text: line })}\n`;
  }
}

async function* fromTable(
  text: DatasetText,
  columns: readonly string[],
  format: DatasetFormat,
  options: DatasetExport,
): Pieces {
  if (format === 'jsonl') return yield* content(text, options);
  if (format === 'csv') yield csvLine(columns);
  for await (const line of splitLines(content(text, options), tooLong)) {
    const row = JSON.parse(line) as Row;
    if (format === 'txt') yield `${cellText(row, text.textColumn)}\n`;
    else
      yield csvLine(
        columns.map((column) =>
          typeof row[column] === 'number' ? String(row[column]) : guarded(cellText(row, column)),
        ),
      );
  }
}

async function* content(
  { folder, kind }: DatasetText,
  { dataset, signal, onProgress }: DatasetExport,
): Pieces {
  const file = join(folder, datasetFiles[kind]);
  let doneBytes = 0;
  for await (const chunk of createReadStream(file, { encoding: 'utf8', highWaterMark: 1 << 20 })) {
    signal.throwIfAborted();
    doneBytes += Buffer.byteLength(chunk as string);
    onProgress(Math.min(1, doneBytes / Math.max(1, dataset.sizeBytes)));
    yield chunk as string;
  }
}

/** Pieces joined until they are worth a write. */
async function* inBytes(pieces: Pieces): AsyncGenerator<Uint8Array> {
  let parts: string[] = [];
  let length = 0;
  for await (const piece of pieces) {
    parts.push(piece);
    length += piece.length;
    if (length < 1 << 18) continue;
    yield Buffer.from(parts.join(''), 'utf8');
    parts = [];
    length = 0;
  }
  if (length > 0) yield Buffer.from(parts.join(''), 'utf8');
}

/** A cell that a spreadsheet would take for a formula gets a quote before it, which spreadsheets do not show. */
function guarded(cell: string): string {
  return /^[=+\-@\t\r]/.test(cell) && !/^[+-]?\d+(\.\d+)?$/.test(cell) ? `'${cell}` : cell;
}

function csvLine(cells: readonly string[]): string {
  return `${cells.map((cell) => (/[",\r\n]/.test(cell) || cell === '' ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\n`;
}

function tooLong(): EngineError {
  return new EngineError('line-too-long', 'A line of this dataset is too long to be a row.', {
    hint: 'Export it as text.',
  });
}
