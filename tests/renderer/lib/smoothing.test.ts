// The debiased average against numbers worked out by hand from its definition.

import { describe, expect, it } from 'vitest';
import { smoothed } from '../../../renderer/lib/smoothing.ts';

describe('smoothed', () => {
  it('is the average that Adam uses', () => {
    // m1 = 0.4·1 = 0.4, /0.4 = 1; m2 = 0.24 + 0.4·3 = 1.44, /0.64 = 2.25; m3 = 0.864 + 0.4·2 = 1.664, /0.784
    const [first, second, third] = smoothed([1, 3, 2], 0.6);
    expect(first).toBeCloseTo(1, 12);
    expect(second).toBeCloseTo(2.25, 12);
    expect(third).toBeCloseTo(1.664 / 0.784, 12);
  });

  it('leaves a constant as it is, from the first value on', () => {
    for (const value of smoothed(Array.from({ length: 50 }, () => 4.2))) expect(value).toBeCloseTo(4.2, 12);
  });

  it('does nothing at 0', () => expect(smoothed([5, 1, 3], 0)).toEqual([5, 1, 3]));

  it('keeps a gap a gap and goes on after it', () => {
    const [first, gap, last] = smoothed([2, Number.NaN, 2], 0.6);
    expect(gap).toBeNaN();
    expect(first).toBeCloseTo(2, 12);
    expect(last).toBeCloseTo(2, 12);
  });
});
