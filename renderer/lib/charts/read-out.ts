// What a crosshair reads: the value of every curve at one place, sorted for reading.

import type { Curve, Point } from './curves.ts';

export interface ReadOut {
  readonly curve: Curve;
  /** Where the nearest point really is. */
  readonly x: number;
  readonly value: number;
  /** What was measured there, or null where `value` is it. */
  readonly rawValue: number | null;
}

/** The values of curves nearest to `x`, highest first; curves that do not reach it by `slack` are left out. */
export function readOut(curves: readonly Curve[], x: number, slack: number): ReadOut[] {
  return curves
    .flatMap((curve): ReadOut[] => {
      const point = pointAt(curve.points, x, slack);
      if (!point || point[1] === null) return [];
      const raw = pointAt(curve.rawPoints, point[0], slack);
      return [{ curve, x: point[0], value: point[1], rawValue: raw?.[1] ?? null }];
    })
    .sort((a, b) => b.value - a.value);
}

/** The point nearest to `x`, or null outside the reach of the points, sorted by x, by more than `slack`. */
export function pointAt(points: readonly Point[], x: number, slack: number): Point | null {
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last || x < first[0] - slack || x > last[0] + slack) return null;
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (points[middle]![0] < x) low = middle + 1;
    else high = middle;
  }
  const after = nextWithValue(points, low, 1);
  const before = nextWithValue(points, low - 1, -1);
  if (!before) return after;
  return after && after[0] - x < x - before[0] ? after : before;
}

function nextWithValue(points: readonly Point[], from: number, direction: 1 | -1): Point | null {
  for (let index = from; index >= 0 && index < points.length; index += direction) {
    if (points[index]![1] !== null) return points[index]!;
  }
  return null;
}
