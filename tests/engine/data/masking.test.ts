// BERT's masking: its shares against the rule that transformers' DataCollatorForLanguageModeling documents
// (15 % chosen; of these 80 % masked, 10 % random, 10 % kept), and what it follows from.

import { describe, expect, it } from 'vitest';
import { maskTokens, type Masking } from '../../../engine/data/masking.ts';
import { ignoreIndex } from '../../../engine/ignore-index.ts';
import { randomKey } from '../../../engine/random.ts';

const special = [0, 1, 2, 3];
const masking: Masking = {
  probability: 0.15,
  maskTokenId: 3,
  specialTokenIds: new Set(special),
  vocabSize: 1_000,
};
const key = randomKey(7, 'masking', 0);
const text = (length: number): Uint32Array => Uint32Array.from({ length }, (_, i) => 4 + ((i * 37) % 996));

/** Six standard deviations of a share of `count`. */
const spread = (share: number, count: number): number => 6 * Math.sqrt((share * (1 - share)) / count);

describe('maskTokens', () => {
  it('chooses and replaces in the published shares', () => {
    const ids = text(200_000);
    const masked = maskTokens(ids, masking, key, 0);
    const chosen = [...ids.keys()].filter((place) => masked.targets[place] !== ignoreIndex);
    const share = (count: number): number => count / chosen.length;
    expect(Math.abs(chosen.length / ids.length - 0.15)).toBeLessThan(spread(0.15, ids.length));
    const hidden = chosen.filter((place) => masked.ids[place] === 3);
    const kept = chosen.filter((place) => masked.ids[place] === ids[place]);
    const others = chosen.filter((place) => masked.ids[place] !== 3 && masked.ids[place] !== ids[place]);
    expect(Math.abs(share(hidden.length) - 0.8)).toBeLessThan(spread(0.8, chosen.length));
    expect(Math.abs(share(kept.length) - 0.1)).toBeLessThan(spread(0.1, chosen.length));
    expect(Math.abs(share(others.length) - 0.1)).toBeLessThan(spread(0.1, chosen.length));
    // Random tokens come from the whole vocabulary.
    const mean = others.reduce((sum, place) => sum + masked.ids[place]!, 0) / others.length;
    expect(Math.abs(mean - 500)).toBeLessThan((6 * 289) / Math.sqrt(others.length));
  });

  it('wants the chosen tokens back, and leaves the others as they are', () => {
    const ids = text(500);
    const before = ids.slice();
    const masked = maskTokens(ids, masking, key, 0);
    expect(ids).toEqual(before);
    const restored = masked.ids.map((id, place) =>
      masked.targets[place] === ignoreIndex ? id : masked.targets[place]!,
    );
    expect(restored).toEqual(ids);
    expect(masked.ids).not.toEqual(ids);
  });

  it('never chooses a special token, nor puts one but the mask in the place of another', () => {
    const ids = Uint32Array.from({ length: 4_000 }, (_, i) => i % 6);
    const masked = maskTokens(ids, { ...masking, vocabSize: 6 }, key, 0);
    const places = [...ids.keys()];
    const isSpecial = (place: number): boolean => ids[place]! < 4;
    const kept = places.filter(isSpecial);
    expect(kept.map((place) => masked.ids[place])).toEqual(kept.map((place) => ids[place]));
    expect(new Set(kept.map((place) => masked.targets[place]))).toEqual(new Set([ignoreIndex]));
    const others = places.filter((place) => !isSpecial(place));
    expect(new Set(others.map((place) => masked.ids[place]))).toEqual(new Set([3, 4, 5]));
  });

  it('follows from seed, time, row and place alone', () => {
    const masked = maskTokens(text(60), masking, key, 2);
    expect(maskTokens(text(60), masking, randomKey(7, 'masking', 0), 2)).toEqual(masked);
    // A longer text of the same beginning has the same beginning hidden.
    expect(maskTokens(text(90), masking, key, 2).targets.subarray(0, 60)).toEqual(masked.targets);
    for (const other of [
      maskTokens(text(60), masking, key, 3),
      maskTokens(text(60), masking, randomKey(7, 'masking', 1), 2),
      maskTokens(text(60), masking, randomKey(8, 'masking', 0), 2),
    ]) {
      expect(other.targets).not.toEqual(masked.targets);
    }
  });

  it('hides at least one token of a text that has one to hide', () => {
    for (let row = 0; row < 200; row++) {
      const { targets } = maskTokens(
        Uint32Array.of(1, 50, 60, 2),
        { ...masking, probability: 0.01 },
        key,
        row,
      );
      const chosen = targets.filter((target) => target !== ignoreIndex);
      expect(chosen.length).toBeGreaterThan(0);
    }
    expect(maskTokens(Uint32Array.of(1, 2), masking, key, 0).targets).toEqual(
      new Uint32Array(2).fill(ignoreIndex),
    );
    expect(maskTokens(new Uint32Array(0), masking, key, 0).ids).toHaveLength(0);
  });
});
