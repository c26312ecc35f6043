// Counting words within limits.
import { describe, expect, it } from 'vitest';
import { WordCounts } from '../../../engine/tokenizers/word-counts.ts';

function counted(text: string, limits: { maxWords: number; maxBytes: number }): Record<string, number> {
  const counts = new WordCounts(limits);
  for (const word of text.split(' ')) {
    const bytes = new TextEncoder().encode(word);
    counts.piece(bytes, 0, bytes.length);
  }
  return Object.fromEntries(
    Array.from({ length: counts.size }, (_, i) => [
      new TextDecoder().decode(counts.bytesOf(i)),
      counts.countOf(i),
    ]),
  );
}

describe('WordCounts', () => {
  const text = 'aa aa aa bb bb cc cc cc cc dd ee x';

  it('counts words of two bytes or more', () => {
    expect(counted(text, { maxWords: 100, maxBytes: 1000 })).toEqual({ aa: 3, bb: 2, cc: 4, dd: 1, ee: 1 });
  });

  it('forgets those seen least when there are too many words or bytes, until half is free', () => {
    // At "ee", the fifth, those seen once go, then those seen twice: two of four may stay.
    expect(counted(text, { maxWords: 4, maxBytes: 1000 })).toEqual({ aa: 3, cc: 4 });
    expect(counted(text, { maxWords: 100, maxBytes: 9 })).toEqual({ aa: 3, cc: 4 });
    expect(counted(`${text} ff`, { maxWords: 4, maxBytes: 1000 })).toEqual({ aa: 3, cc: 4, ff: 1 });
  });
});
