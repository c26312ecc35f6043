// Parquet, the form in which tables of text are most often published: read one row group after the other, so
// that memory does not grow with the file, and of flat columns part by part, so that nothing else waits long.
// Nested values become JSON, dates ISO text, and bytes that are no text (pictures, sound) null: nothing here
// could train on them.

import { isUtf8 } from 'node:buffer';
import { setImmediate as nextTurn } from 'node:timers/promises';
import zlib from 'node:zlib';
import type { AsyncBuffer, Compressors, FileMetaData } from 'hyparquet';
import { EngineError } from '../../engine/index.ts';
import type { InputFile } from './input-file.ts';
import type { ImportKind, ReadOptions, Row } from './kind.ts';

export const parquetKind: ImportKind = { dataset: 'table', extensions: ['.parquet'], read };

/** A row group is decoded whole; a larger one would fill the memory. */
const largestGroupBytes = 512 * 1024 * 1024;
/** What is decoded in one go: pages are about a mebibyte, and one that two parts share is decoded twice. */
const partBytes = 2 * 1024 * 1024;
const largestFooterBytes = 64 * 1024 * 1024;

async function* read(file: InputFile, { mostRows = Infinity, onTrouble }: ReadOptions): AsyncGenerator<Row> {
  const opened = await file.open();
  const source: AsyncBuffer = {
    byteLength: file.sizeBytes,
    slice: (start, end = file.sizeBytes) => opened.read(start, Math.min(end, file.sizeBytes)),
  };
  try {
    await requireFooter(file, source);
    const { parquetMetadataAsync } = await decoder();
    const metadata = await inOurWords(file, () => parquetMetadataAsync(source));
    const groups = metadata.row_groups;
    let rowStart = 0;
    for (const [number, group] of groups.entries()) {
      const groupBytes = requireGroup(file, group, number + 1);
      const groupRows = Number(group.num_rows);
      if (rowStart >= mostRows) return;
      const rowEnd = Math.min(rowStart + groupRows, mostRows);
      const partRows = isFlat(metadata)
        ? Math.ceil((groupRows * partBytes) / Math.max(1, groupBytes))
        : groupRows;
      yield* readGroup(file, keepingBytes(source), metadata, { rowStart, rowEnd, partRows }, onTrouble);
      rowStart += groupRows;
    }
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    onTrouble(error, null);
  } finally {
    await opened.close();
  }
}

/** Loaded for the first file of this kind: every start would wait for it otherwise. */
async function decoder() {
  const [{ parquetMetadataAsync, parquetReadObjects }, { compressors }] = await Promise.all([
    import('hyparquet'),
    import('hyparquet-compressors'),
  ]);
  return { parquetMetadataAsync, parquetReadObjects, compressors: { ...compressors, ...nativeCompressors } };
}

/** Node's own are many times as fast; what a page says it holds is the most that it may hold. */
const nativeCompressors: Compressors = {
  GZIP: (input, maxOutputLength) => zlib.gunzipSync(input, { maxOutputLength }),
  BROTLI: (input, maxOutputLength) => zlib.brotliDecompressSync(input, { maxOutputLength }),
  ZSTD: (input, maxOutputLength) => zlib.zstdDecompressSync(input, { maxOutputLength }),
};

/** Nested columns are only decoded by the group: parts of one would each decode all of it. */
function isFlat({ schema: [, ...columns] }: FileMetaData): boolean {
  return columns.every(({ num_children: inner, repetition_type: type }) => !inner && type !== 'REPEATED');
}

/** A source that reads each range of bytes once, for the parts of one group; others have a turn between reads. */
function keepingBytes(source: AsyncBuffer): AsyncBuffer {
  const kept = new Map<string, ReturnType<AsyncBuffer['slice']>>();
  return {
    byteLength: source.byteLength,
    slice: async (start, end) => {
      const range = `${start} ${end}`;
      const known = kept.get(range) ?? source.slice(start, end);
      kept.set(range, known);
      const bytes = await known;
      await nextTurn();
      return bytes;
    },
  };
}

async function* readGroup(
  file: InputFile,
  source: AsyncBuffer,
  metadata: FileMetaData,
  { rowStart, rowEnd, partRows }: { rowStart: number; rowEnd: number; partRows: number },
  onTrouble: ReadOptions['onTrouble'],
): AsyncGenerator<Row> {
  let isBroken = false;
  let isTold = false;
  const stringFromBytes = (bytes: Uint8Array | undefined): string | undefined => {
    if (!bytes) return undefined;
    isBroken ||= !isUtf8(bytes);
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  };
  const parsers = { stringFromBytes };
  const { parquetReadObjects, compressors } = await decoder();
  for (let start = rowStart; start < rowEnd; start += partRows) {
    const range = { rowStart: start, rowEnd: Math.min(rowEnd, start + partRows) };
    const rows = await inOurWords(file, () =>
      parquetReadObjects({ file: source, metadata, ...range, compressors, parsers, utf8: false }),
    );
    if (isBroken && !isTold) {
      isTold = true;
      const where = `${file.path} between the rows ${rowStart + 1} and ${rowEnd}`;
      onTrouble(
        new EngineError('text-not-utf8', `${where} holds text that is not UTF-8.`, {
          hint: 'Write the file again with its text as UTF-8.',
        }),
        null,
      );
    }
    for (const row of rows) {
      yield Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, asJson(cell)]));
    }
  }
}

/** A cell as JSON can hold it. */
function asJson(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  // Old writers do not mark their text as text.
  if (value instanceof Uint8Array) return isUtf8(value) ? Buffer.from(value).toString('utf8') : null;
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<unknown>, asJson);
  if (Array.isArray(value)) return value.map(asJson);
  if (typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, asJson(inner)]));
}

/** The file's end says how long its description is: looked at before anything of that length is read. */
async function requireFooter(file: InputFile, source: AsyncBuffer): Promise<void> {
  if (file.sizeBytes >= 12) {
    const end = new DataView(await source.slice(file.sizeBytes - 8));
    const length = end.getUint32(0, true);
    const isParquet = end.getUint32(4, true) === 0x31524150;
    if (isParquet && length <= Math.min(file.sizeBytes - 8, largestFooterBytes)) return;
  }
  throw invalid(file, 'it does not end as Parquet files do');
}

/** The bytes of a group; throws `parquet-group-too-large`. */
function requireGroup(file: InputFile, group: FileMetaData['row_groups'][number], number: number): number {
  const sizes = group.columns.map(({ meta_data: data }) => Number(data?.total_uncompressed_size ?? 0));
  const sizeBytes = sizes.reduce((sum, size) => sum + size, 0);
  if (sizes.every((size) => size >= 0) && sizeBytes <= largestGroupBytes) return sizeBytes;
  const mebibytes = Math.round(sizeBytes / 2 ** 20);
  throw new EngineError(
    'parquet-group-too-large',
    `${file.path} has ${mebibytes} MiB in its row group ${number}; at most ${largestGroupBytes / 2 ** 20} MiB are decoded at once.`,
    { hint: 'Write it again in smaller groups, for example with row_group_size=10000, or as JSON lines.' },
  );
}

async function inOurWords<T>(file: InputFile, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    // What the studio itself throws, such as a cancelled import, is no fault of the file.
    if (error instanceof EngineError) throw error;
    throw invalid(file, error instanceof Error ? error.message : String(error), error);
  }
}

function invalid(file: InputFile, reason: string, cause?: unknown): EngineError {
  return new EngineError('parquet-invalid', `${file.path} cannot be read as Parquet: ${reason}.`, {
    hint: 'Download or write the file again.',
    cause,
  });
}
