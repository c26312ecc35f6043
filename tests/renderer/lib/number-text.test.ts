// Numbers as they are typed, shown and stepped.

import { describe, expect, it } from 'vitest';
import {
  formatNumberText,
  numberProblem,
  parseNumberText,
  rangeWords,
  stepNumber,
} from '../../../renderer/lib/number-text.ts';

describe('a typed text', () => {
  it.each([
    ['1e-3', 0.001],
    ['3E4', 30_000],
    ['1,500', 1_500],
    ['1,234,567', 1_234_567],
    ['1 500', 1_500],
    ['0,5', 0.5],
    ['.5', 0.5],
    ['5.', 5],
    ['−2', -2],
    ['20k', 20_000],
    ['1.5M', 1_500_000],
    ['  7 ', 7],
  ])('%s means %d', (text, value) => expect(parseNumberText(text)).toBeCloseTo(value, 10));

  it.each(['', '3e-', '-', 'abc', '1e999', '1.2.3', '0x10', 'NaN', 'Infinity', '1,2,3'])(
    '%s means nothing',
    (text) => expect(parseNumberText(text)).toBeNull(),
  );

  it.each([
    [6, '6'],
    [5_000, '5,000'],
    [0.001, '1e-3'],
    [0.0015, '0.0015'],
    [0.2, '0.2'],
    [0, '0'],
    [1e-8, '1e-8'],
    [0.1 + 0.2, '0.3'],
    [-1_500, '-1,500'],
  ])('%d is shown as %s', (value, text) => expect(formatNumberText(value)).toBe(text));

  it('is read back as what was shown', () => {
    for (const value of [0, 1, 12_345, 0.001, 2.5, 6e-5, 1e-15, 4_294_967_295])
      expect(parseNumberText(formatNumberText(value))).toBe(value);
  });
});

describe('a step', () => {
  const rate = { min: 0, max: 100 };
  it.each([
    [4, 1, { min: 1, max: 48, isInteger: true }, false, 5],
    [48, 1, { min: 1, max: 48, isInteger: true }, false, 48],
    [4, -1, { min: 1, max: 48, isInteger: true }, true, 1],
    [0.001, 1, rate, false, 0.0011],
    [0.001, 1, rate, true, 0.002],
    [0.0011, -1, rate, false, 0.001],
    [0, -1, rate, false, 0],
    [0.85, 1, { min: 0, max: 0.9 }, true, 0.9],
  ] as const)('from %d by %d in %o (large: %s) gives %d', (from, direction, range, isLarge, to) =>
    expect(stepNumber(from, direction, range, isLarge)).toBeCloseTo(to, 12),
  );
});

describe('what is wrong', () => {
  it('is said in words', () => {
    const range = { min: 1, max: 48, isInteger: true };
    expect(numberProblem('', range)).toBe('A number is needed.');
    expect(numberProblem('3e-', range)).toBe('This is not a number.');
    expect(numberProblem('2.5', range)).toBe('A whole number is needed.');
    expect(numberProblem('49', range)).toBe('It must be 1 to 48.');
    expect(numberProblem('48', range)).toBeNull();
  });

  it('names open ranges', () => {
    expect(rangeWords({ min: 0 })).toBe('0 or more');
    expect(rangeWords({ max: 1 })).toBe('at most 1');
    expect(rangeWords({})).toBe('any number');
  });
});
