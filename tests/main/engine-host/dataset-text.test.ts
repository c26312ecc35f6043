// How a dataset is split: nanoGPT's own border for a text, rows and paragraphs by order and by content.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { datasetText, isHeldOut, type TextPart } from '../../../main/engine-host/dataset-text.ts';
import type { DatasetText } from '../../../main/engine-host/messages.ts';
import { tempFolder } from '../temp-folder.ts';

const temp = tempFolder();

function dataset(content: { text: string } | { rows: string[] }): DatasetText {
  const folder = temp.path('dataset');
  mkdirSync(folder);
  const base = { folder, textColumn: 'text', contentHash: 'h' };
  if ('text' in content) {
    writeFileSync(join(folder, 'text.txt'), content.text);
    return { ...base, kind: 'text', characterCount: [...content.text].length, rowCount: 1 };
  }
  const lines = content.rows.map((text) => `${JSON.stringify({ text })}\n`);
  writeFileSync(join(folder, 'rows.jsonl'), lines.join(''));
  return { ...base, kind: 'table', characterCount: content.rows.join('').length, rowCount: lines.length };
}

type Split = { validationFraction: number; splitBy: 'order' | 'hash' };

async function read(from: DatasetText, part: TextPart, split: Split, rowEnd = '|'): Promise<string> {
  const parts: string[] = [];
  for await (const text of datasetText(from, part, split, rowEnd)) parts.push(text);
  return parts.join('');
}

describe('a text in order', () => {
  const inOrder = { validationFraction: 0.1, splitBy: 'order' } as const;

  it('has the border that nanoGPT gives Tiny Shakespeare: 1,003,854 and 111,540 characters', async () => {
    const text = 'abcdefgh\n'.repeat(123_933).slice(0, 1_115_394);
    const from = dataset({ text });
    const train = await read(from, 'train', inOrder);
    const validation = await read(from, 'validation', inOrder);
    expect([train.length, validation.length]).toEqual([1_003_854, 111_540]);
    expect(train + validation === text).toBe(true);
  });

  it('counts characters, not UTF-16 units, and never cuts one', async () => {
    const text = '😀'.repeat(700_000);
    const from = dataset({ text });
    const train = await read(from, 'train', inOrder);
    expect([...train].length).toBe(630_000);
    expect(train + (await read(from, 'validation', inOrder)) === text).toBe(true);
  });

  it('is all for training when nothing is held out', async () => {
    const from = dataset({ text: 'abc' });
    const nothing = { ...inOrder, validationFraction: 0 };
    expect(await read(from, 'train', nothing)).toBe('abc');
    expect(await read(from, 'validation', nothing)).toBe('');
  });
});

describe('a table', () => {
  const rows = Array.from({ length: 200 }, (_, i) => `row ${i}\nof text`);

  it('in order is cut between rows', async () => {
    const from = dataset({ rows });
    const split = { validationFraction: 0.25, splitBy: 'order' } as const;
    expect(await read(from, 'train', split)).toBe(
      rows
        .slice(0, 150)
        .map((row) => `${row}|`)
        .join(''),
    );
    expect(await read(from, 'validation', split)).toBe(
      rows
        .slice(150)
        .map((row) => `${row}|`)
        .join(''),
    );
    expect(await read(from, 'all', split)).toBe(rows.map((row) => `${row}|`).join(''));
  });

  it('by hash puts copies of a row on the same side and about the share that was asked for', async () => {
    const from = dataset({ rows: [...rows, ...rows] });
    const split = { validationFraction: 0.25, splitBy: 'hash' } as const;
    const train = (await read(from, 'train', split)).split('|').slice(0, -1);
    const validation = (await read(from, 'validation', split)).split('|').slice(0, -1);
    expect(train.length + validation.length).toBe(400);
    expect(train.filter((row) => validation.includes(row))).toEqual([]);
    // 200 coin throws at 0.25: 50 with a deviation of 6; five deviations never happen by chance.
    expect(Math.abs(validation.length / 2 - 50)).toBeLessThan(31);
  });
});

it('a text by hash is split by paragraphs', async () => {
  const paragraphs = Array.from({ length: 60 }, (_, i) => `Paragraph ${i}.\nSecond line.\n\n`);
  const from = dataset({ text: paragraphs.join('') });
  const split = { validationFraction: 0.5, splitBy: 'hash' } as const;
  const expected = paragraphs.filter((paragraph) => isHeldOut(paragraph, 0.5));
  expect(expected.length).toBeGreaterThan(0);
  expect(await read(from, 'validation', split)).toBe(expected.join(''));
});
