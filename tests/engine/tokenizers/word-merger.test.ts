// Merging against the definition: again and again the best-ranked pair, leftmost first.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PairTable } from '../../../engine/tokenizers/pair-table.ts';
import { WordMerger } from '../../../engine/tokenizers/word-merger.ts';

const ALPHABET = 4;

function mergedByDefinition(
  word: readonly number[],
  merges: readonly (readonly [number, number])[],
): number[] {
  const symbols = [...word];
  for (;;) {
    let best = { rank: merges.length, position: 0 };
    for (let position = 0; position + 1 < symbols.length; position++) {
      const rank = merges.findIndex(([a, b]) => a === symbols[position] && b === symbols[position + 1]);
      if (rank >= 0 && rank < best.rank) best = { rank, position };
    }
    if (best.rank === merges.length) return symbols;
    symbols.splice(best.position, 2, ALPHABET + best.rank);
  }
}

describe('WordMerger', () => {
  it('merges any word by any ranks as the definition says', () => {
    const merges = fc
      .array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 40, size: 'max' })
      // Each merge is of tokens made before it.
      .map((pairs) => pairs.map(([a, b], rank) => [a % (ALPHABET + rank), b % (ALPHABET + rank)] as const))
      .filter((pairs) => new Set(pairs.map(String)).size === pairs.length);
    const words = fc.array(fc.nat({ max: ALPHABET - 1 }), { maxLength: 60, size: 'max' });
    fc.assert(
      fc.property(merges, fc.array(words, { maxLength: 3 }), (pairs, texts) => {
        const ranks = new PairTable();
        for (const [a, b] of pairs) ranks.add(a, b);
        const merger = new WordMerger(
          ranks,
          Int32Array.from(pairs, (_, rank) => ALPHABET + rank),
        );
        for (const word of texts) {
          const symbols = Int32Array.from(word);
          const count = merger.merge(symbols, word.length);
          expect([...symbols.subarray(0, count)]).toEqual(mergedByDefinition(word, pairs));
        }
      }),
      { numRuns: 1000 },
    );
  });
});
