// An example as the model sees it: stretches of one kind, sides, and what is counted.

import { describe, expect, it } from 'vitest';
import type { SeenToken } from '../../../preload/contract.ts';
import { kindsIn, seenSides, seenWords } from '../../../renderer/lib/seen-tokens.ts';

const token = (text: string, part: Partial<SeenToken> = {}): SeenToken => ({
  id: 1,
  text,
  isLearned: false,
  isSpecial: false,
  isEnd: false,
  isCut: false,
  side: 'read',
  ...part,
});
const learned = { isLearned: true, side: 'written' } as const;
const tokens = [
  token('a'),
  token('b'),
  token('</s>', { isSpecial: true, isEnd: true }),
  token('x', learned),
  token('</s>', { ...learned, isSpecial: true, isEnd: true }),
  token('y', { ...learned, isCut: true }),
];

describe('the tokens of an example', () => {
  it('stand in stretches of one kind on each side', () => {
    const [read, written] = seenSides({ tokens });
    expect(read!.stretches.map(({ kind, chips }) => [kind, chips.length])).toEqual([
      ['read', 2],
      ['end', 1],
    ]);
    expect(written!.stretches.map(({ kind, isLearned }) => [kind, isLearned])).toEqual([
      ['learned', true],
      ['end', true],
      // What is cut off is never learned.
      ['cut', false],
    ]);
  });

  it('are named in a legend of what is there', () => {
    expect(kindsIn({ tokens })).toEqual(['read', 'learned', 'end', 'cut']);
    expect(kindsIn({ tokens: [token('a')] })).toEqual(['read']);
  });

  it('are counted, and too many are not drawn', () => {
    const example = { index: 0, exampleCount: 1, tokens, tokenCount: 6, learnedCount: 2, label: null };
    expect(seenWords(example)).toBe('6 tokens · 2 learned · 1 cut off');
    expect(seenWords({ ...example, label: 'good' })).toBe('6 tokens · 1 cut off');
    const [side] = seenSides({ tokens: Array.from({ length: 2_000 }, () => token('a')) });
    expect(side).toMatchObject({ tokenCount: 2_000, hiddenCount: 500 });
  });
});
