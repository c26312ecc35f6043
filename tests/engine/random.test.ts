import { describe, expect, it } from 'vitest';
import { fillNormal, permuted, philox, randomKey } from '../../engine/random.ts';

const ones = 0xffffffff;

describe('philox', () => {
  // Known answers of philox4x32-10 published with Random123 (kat_vectors).
  it.each([
    { counter: [0, 0, 0, 0], key: [0, 0], words: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8] },
    {
      counter: [ones, ones, ones, ones],
      key: [ones, ones],
      words: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    },
    {
      counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      key: [0xa4093822, 0x299f31d0],
      words: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    },
  ] as const)('gives the published words for counter $counter', ({ counter, key, words }) => {
    expect(philox(counter, key)).toEqual(words);
  });
});

describe('permuted', () => {
  it.each([1, 2, 3, 64, 1000])('visits each of %i places once', (size) => {
    const key = randomKey(7, 'order', 3);
    const visited = Array.from({ length: size }, (_, i) => permuted(i, size, key));
    expect(visited.toSorted((a, b) => a - b)).toEqual(Array.from({ length: size }, (_, i) => i));
  });

  it('gives another order for another epoch', () => {
    const order = (epoch: number): number[] =>
      Array.from({ length: 100 }, (_, i) => permuted(i, 100, randomKey(7, 'order', epoch)));
    expect(order(0)).not.toEqual(order(1));
  });
});

describe('randomKey and fillNormal', () => {
  // Initial weights and data orders of earlier versions must come back the same; these are what they gave.
  it('give the numbers they have always given', () => {
    expect(randomKey(42, 'dropout', 2 ** 40 + 5)).toEqual([2455559152, 190223795]);
    const values = new Float32Array(7);
    fillNormal(values, 0.02, randomKey(1, 'initialWeights', 0));
    expect([...new Uint32Array(values.buffer)]).toEqual([
      1015875350, 1017756344, 3148056638, 973392702, 3170433904, 1005361864, 1012732912,
    ]);
  });

  it('give the same numbers in pieces', () => {
    const whole = new Float32Array(1003);
    const pieces = new Float32Array(1003);
    fillNormal(whole, 1, [5, 6]);
    for (let first = 0; first < 1003; first += 100)
      fillNormal(pieces.subarray(first, first + 100), 1, [5, 6], first);
    expect(pieces).toEqual(whole);
  });

  it('has the mean and spread of the normal distribution', () => {
    const values = new Float32Array(100_001);
    fillNormal(values, 0.02, randomKey(1, 'initialWeights', 0));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    const within = values.filter((value) => Math.abs(value) < 0.02).length / values.length;
    // Three standard errors of each estimate.
    expect(Math.abs(mean)).toBeLessThan((3 * 0.02) / Math.sqrt(values.length));
    expect(Math.sqrt(variance) / 0.02).toBeCloseTo(1, 1.9);
    expect(within).toBeCloseTo(0.6827, 1.9);
  });
});
