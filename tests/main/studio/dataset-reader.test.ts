// Reading at any place against slicing the whole, over borders of pieces and of the index.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { DatasetText } from '../../../main/engine-host/messages.ts';
import { DatasetReader } from '../../../main/studio/dataset-reader.ts';
import { tempFolder } from '../temp-folder.ts';

const temp = tempFolder();
const alphabet = [...'ab \né€😀ü中'];

/** The same characters of one to four bytes each time. */
function someCharacters(count: number): string[] {
  let state = 7;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return alphabet[(state >> 16) % alphabet.length]!;
  });
}

describe('a text', () => {
  const characters = someCharacters(1_500_000);
  const folder = temp.path('text');
  const dataset: DatasetText = {
    folder,
    kind: 'text',
    textColumn: '',
    contentHash: '',
    characterCount: characters.length,
    rowCount: 0,
  };

  beforeAll(() => {
    mkdirSync(folder);
    writeFileSync(join(folder, 'text.txt'), characters.join(''));
  });

  it('is read as slicing gives it, wherever and in whatever order', async () => {
    const reader = new DatasetReader();
    const place = fc.oneof(
      fc.integer({ min: 0, max: characters.length + 10 }),
      fc
        .integer({ min: 0, max: 22 })
        .chain((n) => fc.integer({ min: -2, max: 2 }).map((d) => Math.max(0, n * 65_536 + d))),
    );
    const property = fc.asyncProperty(place, fc.integer({ min: 1, max: 3_000 }), async (offset, limit) => {
      const { text, rows, total } = await reader.read(dataset, [], offset, limit);
      expect(text).toBe(characters.slice(offset, offset + limit).join(''));
      expect([rows, total]).toEqual([[], characters.length]);
    });
    await fc.assert(property, { numRuns: 120 });
  });

  it('is read by many at once', async () => {
    const reader = new DatasetReader();
    const offsets = [1_400_000, 3, 700_000, 65_536, 1_499_999];
    const found = await Promise.all(offsets.map((offset) => reader.read(dataset, [], offset, 20)));
    expect(found.map(({ text }) => text)).toEqual(
      offsets.map((at) => characters.slice(at, at + 20).join('')),
    );
  });
});

describe('a table', () => {
  const count = 9_000;
  const folder = temp.path('table');
  const row = (i: number) => ({
    text: `row ${i} ${'wool 😀 '.repeat(i % 60)}`,
    n: i,
    tags: i % 2 ? ['odd'] : null,
  });
  const dataset: DatasetText = {
    folder,
    kind: 'table',
    textColumn: 'text',
    contentHash: '',
    characterCount: 0,
    rowCount: count,
  };

  beforeAll(() => {
    mkdirSync(folder);
    const lines = Array.from({ length: count }, (_, i) => `${JSON.stringify(row(i))}\n`);
    writeFileSync(join(folder, 'rows.jsonl'), lines.join(''));
  });

  it('is read as slicing gives it', async () => {
    const reader = new DatasetReader();
    const property = fc.asyncProperty(
      fc.integer({ min: 0, max: count + 5 }),
      fc.integer({ min: 1, max: 50 }),
      async (offset, limit) => {
        const { rows, text, total } = await reader.read(
          dataset,
          ['n', 'text', 'tags', 'none'],
          offset,
          limit,
        );
        const expected = Array.from({ length: Math.max(0, Math.min(limit, count - offset)) }, (_, i) =>
          row(offset + i),
        );
        expect(rows).toEqual(
          expected.map(({ text: cell, n, tags }) => [String(n), cell, tags ? '["odd"]' : '', '']),
        );
        expect(text).toBe(expected.map(({ text: cell }) => cell).join('\n'));
        expect(total).toBe(count);
      },
    );
    await fc.assert(property, { numRuns: 80 });
  });
});
