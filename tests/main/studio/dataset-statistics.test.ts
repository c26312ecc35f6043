// Statistics against counts made by hand, and histograms that lose nothing.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trainByteLevelBpe, trainCharacters } from '../../../engine/index.ts';
import type { DatasetText } from '../../../main/engine-host/messages.ts';
import { countDataset, mostCountedBytes } from '../../../main/studio/dataset-statistics.ts';
import { LengthHistogram } from '../../../main/studio/length-histogram.ts';
import { tempFolder } from '../temp-folder.ts';

const temp = tempFolder();

function dataset(kind: 'text' | 'table', content: string): DatasetText {
  const folder = temp.path('dataset');
  mkdirSync(folder);
  writeFileSync(join(folder, kind === 'text' ? 'text.txt' : 'rows.jsonl'), content);
  return {
    folder,
    kind,
    textColumn: kind === 'text' ? '' : 'text',
    contentHash: '',
    characterCount: 0,
    rowCount: 0,
  };
}

async function* once(text: string): AsyncGenerator<string> {
  yield text;
}

describe('statistics', () => {
  it('of a text are what counting gives', async () => {
    const text = 'The wool is red. 😀\n\nThe wool is red. 😀\nab';
    const found = await countDataset(
      dataset('text', text),
      await trainCharacters(once(text)),
      () => undefined,
    );
    expect(found).toMatchObject({
      characterCount: 41,
      wordCount: 11,
      lineCount: 4,
      rowCount: 4,
      // 18 characters, of which one is two UTF-16 units: 19 units are fewer than 20.
      duplicateCount: 0,
      distinctCharacterCount: 16,
      tokenCount: 41,
      bytesPerToken: (41 + 2 * 3) / 41,
      isPartial: false,
    });
    expect(found.lengths.unit).toBe('characters');
    expect(found.lengths.counts.reduce((sum, count) => sum + count)).toBe(4);
    expect(found.topTokens[0]).toMatchObject({ text: '␣', count: 8 });
    expect(found.topTokens.find(({ text: token }) => token === 'o')).toMatchObject({ count: 4 });
  });

  it('of a text count lines of 20 characters or more that occur before', async () => {
    const text =
      'This line is a long one.\nshort\nshort\nThis line is a long one.\nThis line is a long one.\n';
    const found = await countDataset(
      dataset('text', text),
      await trainCharacters(once(text)),
      () => undefined,
    );
    expect(found).toMatchObject({ duplicateCount: 2, lineCount: 5, characterCount: text.length });
  });

  it('of a table are of its text column, its lengths in tokens', async () => {
    const rows = [
      { text: 'abc\nd', n: 1 },
      { text: 'abc\nd', n: 1 },
      { text: 'abc\nd', n: 2 },
      { text: '', n: 3 },
    ];
    const content = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
    const bpe = await trainByteLevelBpe(once('abc abc abc'), { vocabSize: 257 });
    const found = await countDataset(dataset('table', content), bpe, () => undefined);
    expect(found).toMatchObject({
      characterCount: 15,
      wordCount: 6,
      lineCount: 6,
      rowCount: 4,
      duplicateCount: 1,
      distinctCharacterCount: 5,
      // Five bytes and the end of the text for three rows, the end alone for one.
      tokenCount: 19,
      bytesPerToken: 15 / 19,
      lengths: { unit: 'tokens' },
    });
    expect(found.topTokens[0]).toEqual({ id: 0, text: '<|endoftext|>', count: 4 });
  });

  it('of large data are of its first part', async () => {
    const line = `${'wool and '.repeat(10)}\n`;
    const content = line.repeat(Math.ceil(mostCountedBytes / line.length) + 1_000);
    const heard: number[] = [];
    const tokenizer = await trainCharacters(once(line));
    const found = await countDataset(dataset('text', content), tokenizer, (value) => heard.push(value));
    expect(found.isPartial).toBe(true);
    expect(found.lineCount).toBe(Math.floor(mostCountedBytes / line.length));
    expect(found.tokenCount).toBe(found.lineCount * line.length);
    expect(heard).toEqual([...heard].sort((a, b) => a - b));
    expect(heard.at(-1)).toBe(1);
  });
});

describe('a histogram of lengths', () => {
  it('puts every length into the bucket it belongs to', () => {
    const lengths = fc.array(fc.oneof(fc.nat(50), fc.nat(5_000), fc.integer({ min: 60_000, max: 200_000 })), {
      minLength: 1,
    });
    fc.assert(
      fc.property(lengths, (all) => {
        const histogram = new LengthHistogram();
        for (const length of all) histogram.add(length);
        const { edges, counts } = histogram.buckets();
        expect(edges).toEqual([...new Set(edges)].sort((a, b) => a - b));
        const expected = counts.map(
          (_, i) => all.filter((length) => length >= edges[i]! && length < edges[i + 1]!).length,
        );
        expect(counts).toEqual(expected);
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(all.length);
        expect(counts.length).toBeLessThanOrEqual(27);
      }),
    );
  });

  it('of nothing is empty', () => {
    expect(new LengthHistogram().buckets().counts.every((count) => count === 0)).toBe(true);
  });
});
