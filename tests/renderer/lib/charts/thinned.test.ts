// What a plot leaves out of a curve: no spike, no gap, no end, and never the order.

import { expect, it } from 'vitest';
import type { Point } from '../../../../renderer/lib/charts/curves.ts';
import { thinned } from '../../../../renderer/lib/charts/thinned.ts';

const many = Array.from({ length: 10_000 }, (_, x): Point => [x, Math.sin(x / 40) + (x === 4_321 ? 9 : 0)]);
const range = { from: 0, to: 10_000 };

it('keeps at most four points a column, the ends, the lowest and the highest of each', () => {
  const kept = thinned(many, range, 100);
  expect(kept.length).toBeLessThanOrEqual(400);
  expect(kept[0]).toBe(many[0]);
  expect(kept.at(-1)).toBe(many.at(-1));
  expect(kept).toContain(many[4_321]);
  expect(kept.map(([x]) => x)).toEqual(kept.map(([x]) => x).toSorted((a, b) => a - b));
  for (let column = 0; column < 100; column++) {
    const isIn = ([x]: Point): boolean => Math.floor(x / 100) === column;
    const lowest = (points: readonly Point[]): number => Math.min(...points.filter(isIn).map(([, y]) => y!));
    expect(lowest(kept)).toBe(lowest(many));
  }
});

it('keeps gaps where they are', () => {
  const broken = many.map(([x, y]): Point => (x === 5_055 ? [x, null] : [x, y]));
  const kept = thinned(broken, range, 100);
  const gap = kept.findIndex(([, y]) => y === null);
  expect(kept[gap]![0]).toBe(5_055);
  expect(kept[gap - 1]![0]).toBe(5_054);
  expect(kept[gap + 1]![0]).toBe(5_056);
});

it('leaves few points as they are', () => {
  const few = many.slice(0, 400);
  expect(thinned(few, range, 100)).toBe(few);
});
