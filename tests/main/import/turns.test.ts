// Rows that are there all at once are not taken in one go: everything else in main has its turn between them.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { importFiles } from '../../../main/import/import-files.ts';
import { previewFiles } from '../../../main/import/preview.ts';
import { Turns } from '../../../main/import/turns.ts';
import { tempFolder } from '../temp-folder.ts';

const rowCount = 2_000;
const temp = tempFolder();
let folder: string;

beforeEach(() => {
  folder = temp.path('turns');
  mkdirSync(join(folder, 'datasets'), { recursive: true });
});
afterEach(() => vi.restoreAllMocks());

/** How often others are given a turn during some work, on a clock that goes on by `stepMs` at every look. */
async function turnsDuring(stepMs: number, work: () => Promise<unknown>): Promise<number> {
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => (now += stepMs));
  const give = vi.spyOn(Turns.prototype, 'give');
  let isOthersTurn = false;
  setImmediate(() => (isOthersTurn = true));
  await new Turns().give();
  expect(isOthersTurn).toBe(true);
  give.mockClear();
  await work();
  return give.mock.calls.length;
}

describe.each(['csv', 'jsonl'])('rows of a .%s', (kind) => {
  const write = (): string => {
    const path = join(folder, `rows.${kind}`);
    const rows = Array.from({ length: rowCount }, (_, i) => `weaver ${i}`);
    const text =
      kind === 'csv'
        ? ['text', ...rows].join('\n')
        : rows.map((row) => JSON.stringify({ text: row })).join('\n');
    writeFileSync(path, `${text}\n`);
    return path;
  };

  it.each([
    ['imported', (path: string) => importInto(path)],
    ['previewed', (path: string) => previewFiles({ paths: [path] })],
  ])('that are %s leave turns to others when they take long, and only then', async (_, read) => {
    const path = write();
    expect(await turnsDuring(25, () => read(path))).toBe(rowCount);
    expect(await turnsDuring(0, () => read(path))).toBe(0);
  });
});

let imports = 0;
const importInto = (path: string) =>
  importFiles({
    id: `id-${imports++}`,
    datasetsFolder: join(folder, 'datasets'),
    paths: [path],
    onProgress: () => undefined,
  });
