// Parquet files that pyarrow wrote (fixtures/make_parquet.py), against what pyarrow reads in them, and files
// that are damaged or hostile.

import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { importFiles } from '../../../main/import/import-files.ts';
import { inputFile } from '../../../main/import/input-file.ts';
import { throwTrouble } from '../../../main/import/kind.ts';
import { parquetKind } from '../../../main/import/parquet.ts';
import { previewFiles } from '../../../main/import/preview.ts';
import { tempFolder } from '../temp-folder.ts';

vi.mock('hyparquet', { spy: true });

const fixtures = join(import.meta.dirname, 'fixtures');
const expected = readFileSync(join(fixtures, 'rows.jsonl'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Record<string, unknown>);
const temp = tempFolder();
let folder: string;

beforeEach(() => {
  folder = temp.path('parquet');
  mkdirSync(join(folder, 'datasets'), { recursive: true });
});

const importOne = (path: string) =>
  importFiles({
    id: 'id',
    datasetsFolder: join(folder, 'datasets'),
    paths: [path],
    onProgress: () => undefined,
  });

const bytesOf = (codec: string): Buffer => readFileSync(join(fixtures, `rows-${codec}.parquet`));

function damaged(change: (bytes: Buffer) => Buffer): string {
  const path = join(folder, 'damaged.parquet');
  writeFileSync(path, change(Buffer.from(bytesOf('none'))));
  return path;
}

describe('parquet', () => {
  it.each(['snappy', 'gzip', 'zstd', 'brotli', 'lz4', 'none'])(
    'compressed with %s is read',
    async (codec) => {
      const dataset = await importOne(join(fixtures, `rows-${codec}.parquet`));
      const text = readFileSync(join(folder, 'datasets', 'id', 'rows.jsonl'), 'utf8');
      const rows = text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown);
      expect(rows).toEqual(expected);
      const characters = expected.reduce((sum, row) => sum + [...(row.text as string)].length, 0);
      expect(dataset).toMatchObject({
        kind: 'table',
        textColumn: 'text',
        rowCount: 50,
        characterCount: characters,
      });
      expect(dataset.columns).toEqual(Object.keys(expected[0]!));
    },
  );

  it('of flat columns is decoded part by part, and nothing of it is read twice', async () => {
    const path = join(fixtures, 'flat.parquet');
    const { size } = statSync(path);
    let readBytes = 0;
    const file = await inputFile(path, (count) => (readBytes += count));
    const rows: unknown[] = [];
    vi.mocked(parquetReadObjects).mockClear();
    for await (const row of parquetKind.read(file, { onGuess: () => undefined, onTrouble: throwTrouble }))
      rows.push(row);
    expect(vi.mocked(parquetReadObjects).mock.calls.length).toBeGreaterThan(1);
    expect(rows).toEqual(
      Array.from({ length: 6_000 }, (_, i) => ({
        text: `Row ${i}. ${'The weaver counts threads. '.repeat(35)}`,
        label: i % 7 === 0 ? null : `kind ${i % 3}`,
        n: i * 3,
      })),
    );
    // Its description is looked for in the last half mebibyte: here that is the whole file once more.
    expect(readBytes).toBeLessThan(2 * size + 100);
    const preview = await previewFiles({ paths: [path] });
    expect(preview).toMatchObject({ rowCount: 6_000, duplicateCount: 0, isPartial: false });
  });

  it('is previewed', async () => {
    const preview = await previewFiles({ paths: [join(fixtures, 'rows-zstd.parquet')] });
    expect(preview).toMatchObject({
      kind: 'table',
      rowCount: 50,
      duplicateCount: 0,
      troubles: [],
      isPartial: false,
    });
    expect(preview.rows[7]!.slice(0, 3)).toEqual([expected[7]!.text, '7', expected[7]!.big]);
  });

  it.each<[string, (bytes: Buffer) => Buffer]>([
    ['is cut short', (bytes) => bytes.subarray(0, 900)],
    ['is no Parquet', () => Buffer.from('text,label\nhello,1\n')],
    ['is nearly empty', () => Buffer.from('PAR1')],
    [
      'says its description is longer than the file',
      (bytes) => {
        bytes.writeUInt32LE(0x7fffffff, bytes.length - 8);
        return bytes;
      },
    ],
    ['has another description', (bytes) => bytes.fill(0x99, bytes.length - 600, bytes.length - 8)],
    ['has other pages', (bytes) => bytes.fill(0xff, 4, 400)],
  ])('that %s is refused by name', async (_, change) => {
    const path = damaged(change);
    await expect(importOne(path)).rejects.toMatchObject({
      code: 'parquet-invalid',
      message: expect.stringContaining('damaged.parquet'),
    });
    expect(readdirSync(join(folder, 'datasets'))).toEqual([]);
    const { troubles } = await previewFiles({ paths: [path] });
    expect(troubles[0]).toMatchObject({ file: 'damaged.parquet', line: null });
  });
});
