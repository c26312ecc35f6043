// Reads a dataset at any place: characters of a text, rows of a table. Where a place lies in the file is
// known from a sparse index of byte offsets, made while reading forward and kept for the datasets read last.

import { join } from 'node:path';
import type { CallOutput } from '../../preload/contract.ts';
import type { DatasetText } from '../engine-host/messages.ts';
import { FileSource } from '../engine-host/file-source.ts';
import { cellText, cutText } from '../import/cell-text.ts';
import { datasetFiles } from '../import/import-files.ts';
import type { Row } from '../import/kind.ts';

type Read = CallOutput<'datasets.read'>;

/** Units (characters or rows) between two entries of the index; 10 GB of text have 1 MB of index. */
const unitsPerEntry = { text: 1 << 16, table: 1 << 10 } as const;
const pieceBytes = 1 << 20;
const mostIndexes = 8;
/** An answer of more text than this ends early: with fewer rows than were asked for, and at least one. */
const mostAnswered = 8 * 1024 * 1024;
const longestCell = 100_000;

/** Where every so many units begin, as far as the file has been looked at. */
interface SparseIndex {
  /** `offsets[i]` is the byte where unit `i * unitsPerEntry` begins. */
  readonly offsets: number[];
  scannedBytes: number;
  scannedUnits: number;
  /** Whoever extends it waits for who did so before. */
  extending: Promise<void>;
}

export class DatasetReader {
  private readonly indexes = new Map<string, SparseIndex>();

  /** Part of a dataset from unit `offset`; beyond its end there is nothing. */
  async read(dataset: DatasetText, columns: readonly string[], offset: number, limit: number): Promise<Read> {
    const { folder, kind, textColumn } = dataset;
    const total = kind === 'text' ? dataset.characterCount : dataset.rowCount;
    if (offset >= total) return { text: '', rows: [], total };
    const file = await FileSource.open(join(folder, datasetFiles[kind]));
    try {
      const index = this.indexOf(folder);
      await this.extend(index, file, kind, offset);
      const entry = Math.floor(offset / unitsPerEntry[kind]);
      const start = index.offsets[entry]!;
      const skipped = offset - entry * unitsPerEntry[kind];
      if (kind === 'text') return { text: await characters(file, start, skipped, limit), rows: [], total };
      const found = await rows(file, start, skipped, limit);
      return {
        text: found.map((row) => cellText(row, textColumn)).join('\n'),
        rows: found.map((row) => columns.map((column) => cutText(cellText(row, column), longestCell))),
        total,
      };
    } finally {
      await file.close();
    }
  }

  /** Forgets a dataset that is gone. */
  forget(folder: string): void {
    this.indexes.delete(folder);
  }

  private indexOf(folder: string): SparseIndex {
    const index = this.indexes.get(folder) ?? {
      offsets: [0],
      scannedBytes: 0,
      scannedUnits: 0,
      extending: Promise.resolve(),
    };
    this.indexes.delete(folder);
    this.indexes.set(folder, index);
    const [oldest] = this.indexes.keys();
    if (this.indexes.size > mostIndexes && oldest !== undefined) this.indexes.delete(oldest);
    return index;
  }

  /** Makes the index reach a unit. */
  private extend(
    index: SparseIndex,
    file: FileSource,
    kind: DatasetText['kind'],
    unit: number,
  ): Promise<void> {
    const work = async (): Promise<void> => {
      while (index.offsets.length * unitsPerEntry[kind] <= unit && index.scannedBytes < file.sizeBytes) {
        scan(index, await file.read(index.scannedBytes, pieceBytes), kind);
      }
    };
    index.extending = index.extending.catch(() => undefined).then(work);
    return index.extending;
  }
}

/** Notes the units that begin in bytes that follow what was scanned. */
function scan(index: SparseIndex, bytes: Uint8Array, kind: DatasetText['kind']): void {
  const every = unitsPerEntry[kind];
  let units = index.scannedUnits;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (kind === 'text') {
      if ((byte & 0xc0) === 0x80) continue;
      // A character begins here: unit number `units`.
      if (units > 0 && units % every === 0) index.offsets.push(index.scannedBytes + i);
      units++;
    } else if (byte === 0x0a && ++units % every === 0) index.offsets.push(index.scannedBytes + i + 1);
  }
  index.scannedUnits = units;
  index.scannedBytes += bytes.length;
}

/** Characters [skipped, skipped + limit) of the text that begins at a byte. */
async function characters(file: FileSource, start: number, skipped: number, limit: number): Promise<string> {
  // No character has more than four bytes.
  const bytes = await file.read(start, (skipped + limit) * 4);
  let position = 0;
  const pass = (count: number): number => {
    for (let left = count; left > 0 && position < bytes.length; left--) {
      position++;
      while (position < bytes.length && (bytes[position]! & 0xc0) === 0x80) position++;
    }
    return position;
  };
  const [from, to] = [pass(skipped), pass(limit)];
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(from, to));
}

/** Rows [skipped, skipped + limit) of those that begin at a byte, fewer when they are very long. */
async function rows(file: FileSource, start: number, skipped: number, limit: number): Promise<Row[]> {
  const found: Row[] = [];
  let answered = 0;
  let number = 0;
  const take = (line: Uint8Array[]): boolean => {
    if (number++ >= skipped) {
      const text = Buffer.concat(line).toString('utf8');
      answered += text.length;
      if (found.length > 0 && answered > mostAnswered) return false;
      found.push(JSON.parse(text) as Row);
    }
    return found.length < limit;
  };
  let held: Uint8Array[] = [];
  for (let position = start; position < file.sizeBytes; position += pieceBytes) {
    const bytes = await file.read(position, pieceBytes);
    let from = 0;
    for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, from)) {
      if (!take([...held, bytes.subarray(from, end)])) return found;
      held = [];
      from = end + 1;
    }
    if (from < bytes.length) held.push(bytes.subarray(from));
  }
  return found;
}
