// How a long text is cut into chunks, how wide columns are, and the words of datasets, tokens and counts.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DatasetStatistics } from '../../../preload/contract.ts';
import { columnShares } from '../../../renderer/lib/column-shares.ts';
import {
  datasetFigures,
  guessSentence,
  matchesDataset,
  nameOfFiles,
} from '../../../renderer/lib/dataset-words.ts';
import { lengthBucketWords, statisticsFacts } from '../../../renderer/lib/statistics-words.ts';
import { chunkCount, readOfChunk, textOfChunk } from '../../../renderer/lib/text-chunks.ts';
import { shownToken, tokenizerChoice, tokenizerOptions } from '../../../renderer/lib/token-words.ts';
import { reviewsPreview } from '../fake-datasets.ts';
import { sampleDataset } from '../fake-home.ts';

/** Every chunk as the page would show it, from reads as the studio answers them. */
function chunksOf(text: string): string[] {
  const characters = Array.from(text);
  return Array.from({ length: chunkCount(characters.length) }, (_, index) => {
    const { offset, limit } = readOfChunk(index);
    return textOfChunk(index, characters.slice(offset, offset + limit).join(''));
  });
}

describe('a text in chunks', () => {
  const lines = fc.array(fc.string({ unit: fc.constantFrom('a', 'é', '🧵', ' '), maxLength: 400 }), {
    minLength: 1,
    maxLength: 120,
  });

  it('is the text again, cut only where lines end', () => {
    fc.assert(
      fc.property(lines, (all) => {
        const text = all.join('\n');
        const shown = chunksOf(text);
        expect(shown.join('\n').split('\n').filter(Boolean)).toEqual(text.split('\n').filter(Boolean));
      }),
      { numRuns: 60 },
    );
  });

  it('loses no character of a line that is longer than a chunk', () => {
    const text = `first\n${'🧵x'.repeat(4_000)}\nlast`;
    const shown = chunksOf(text).join('').replaceAll('\n', '');
    // Compared by itself: a difference of such texts fills the screen.
    expect(shown === text.replaceAll('\n', '')).toBe(true);
  });

  it('asks for the first chunk from the beginning and for others one character before', () => {
    expect(readOfChunk(0).offset).toBe(0);
    expect(readOfChunk(3).offset).toBe(3 * 2_000 - 1);
  });
});

describe('the width of columns', () => {
  it('goes to where cells are long, and leaves none without', () => {
    const [text, label] = columnShares(
      ['text', 'label'],
      [['a long sentence about bread '.repeat(4), 'good']],
    );
    expect(text! + label!).toBeCloseTo(1);
    expect(text!).toBeGreaterThan(0.7);
    expect(label!).toBeGreaterThan(0.1);
  });

  it('is equal while nothing is known', () => {
    expect(columnShares(['one', 'two'], [])).toEqual([0.5, 0.5]);
  });
});

describe('the words of a dataset', () => {
  it('give exact values where they are short', () => {
    const figures = datasetFigures(sampleDataset, 2, sampleDataset.createdAtMs + 60_000);
    expect(figures.find(({ label }) => label === 'Characters')).toMatchObject({
      value: '72.3 k',
      help: '72,311 characters',
    });
    expect(figures.find(({ label }) => label === 'Imported')!.value).toBe('1 min ago');
  });

  it('find it by name, file and kind, every word needed', () => {
    expect(matchesDataset(sampleDataset, 'stor TXT')).toBe(true);
    expect(matchesDataset(sampleDataset, 'stories table')).toBe(false);
    expect(matchesDataset(sampleDataset, '')).toBe(true);
  });

  it('suggest the first file without its ending, and a folder whole', () => {
    expect(nameOfFiles(['notes.v2.txt', 'b.txt'], false)).toBe('notes.v2');
    expect(nameOfFiles(['.hidden'], false)).toBe('.hidden');
    expect(nameOfFiles(['my.texts'], true)).toBe('my.texts');
  });

  it('begin a guess with a capital unless a file stands first', () => {
    expect(guessSentence({ ...reviewsPreview, guess: 'the text is column "a"' })).toBe(
      'The text is column "a".',
    );
    expect(guessSentence(reviewsPreview)).toBe('reviews.csv: the first line names the columns.');
  });
});

describe('tokens', () => {
  it('are shown with signs for what cannot be seen', () => {
    expect(shownToken('␣the')).toEqual({ text: ' the', endsLine: false });
    expect(shownToken('.\\n')).toEqual({ text: '.↵', endsLine: true });
  });

  it('come from a kind, a size, or a tokenizer that is kept', () => {
    expect(tokenizerChoice('characters')).toEqual({ kind: 'characters' });
    expect(tokenizerChoice('bpe:512')).toEqual({ kind: 'byte-level-bpe', vocabSize: 512 });
    expect(tokenizerChoice('kept:bpe:1')).toEqual({ tokenizerId: 'bpe:1' });
    const kept = { id: 'k', name: 'Mine', kind: 'characters', vocabSize: 59, bytesPerToken: 1.25 } as const;
    const options = tokenizerOptions([{ ...kept, datasetId: null, hash: 'h', createdAtMs: 0 }]);
    expect(options.at(-1)).toEqual({
      value: 'kept:k',
      label: 'Mine',
      hint: 'kept · 59 tokens · 1.25 bytes a token',
    });
  });
});

describe('what was counted', () => {
  const data: DatasetStatistics = {
    characterCount: 2_000,
    wordCount: 400,
    lineCount: 100,
    rowCount: 100,
    duplicateCount: 2,
    distinctCharacterCount: 40,
    tokenCount: 500,
    vocabSize: 300,
    bytesPerToken: 4.1,
    lengths: { unit: 'tokens', edges: [0, 1, 11], counts: [75, 25] },
    topTokens: [],
    isPartial: false,
  };

  it('says characters a token, and of a text no rows', () => {
    const facts = new Map(statisticsFacts(data, 'text').map(({ label, value }) => [label, value]));
    expect(facts.get('Characters a token')).toBe('4.00');
    expect(facts.has('Rows')).toBe(false);
    expect(statisticsFacts(data, 'table').some(({ label }) => label === 'Rows')).toBe(true);
  });

  it('reads a bar of the lengths with its share', () => {
    expect(lengthBucketWords(data, 0, 'rows')).toBe('0 tokens: 75 rows, 75.0%');
    expect(lengthBucketWords(data, 1, 'rows')).toBe('1 to 10 tokens: 25 rows, 25.0%');
    expect(lengthBucketWords(data, 2, 'rows')).toBe('');
  });
});
