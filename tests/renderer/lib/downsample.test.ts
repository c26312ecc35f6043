// What a reduced curve must keep, on any curve.

import { array, assert, double, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { downsampleMinMax, type Point } from '../../../renderer/lib/downsample.ts';

const curve = array(double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 400 })
  // Without negative zero, which is neither below nor above zero.
  .map((ys): Point[] => ys.map((y, x) => [x, y + 0]));

describe('downsampleMinMax', () => {
  it('keeps the ends, the highest, the lowest and the order, within its limit', () => {
    assert(
      property(curve, integer({ min: 1, max: 50 }), (points, buckets) => {
        const kept = downsampleMinMax(points, buckets);
        const ys = points.map(([, y]) => y);
        const keptYs = kept.map(([, y]) => y);
        expect(kept.length).toBeLessThanOrEqual(2 * buckets + 2);
        expect(kept[0]).toEqual(points[0]);
        expect(kept.at(-1)).toEqual(points.at(-1));
        expect(Math.max(...keptYs)).toBe(Math.max(...ys));
        expect(Math.min(...keptYs)).toBe(Math.min(...ys));
        for (let index = 1; index < kept.length; index++)
          expect(kept[index]![0]).toBeGreaterThan(kept[index - 1]![0]);
      }),
    );
  });

  it('keeps a single spike among thousands of points', () => {
    const points = Array.from({ length: 10_000 }, (_, x): Point => [x, x === 6_543 ? 99 : 1]);
    expect(downsampleMinMax(points, 100)).toContainEqual([6_543, 99]);
  });

  it('leaves out what is not a number, and refuses no buckets', () => {
    const points: Point[] = [
      [0, Number.NaN],
      [1, 2],
      [2, Infinity],
    ];
    expect(downsampleMinMax(points, 5)).toEqual([[1, 2]]);
    expect(() => downsampleMinMax(points, 0)).toThrow(RangeError);
  });
});
