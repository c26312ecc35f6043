// What part of the vertical axis a chart shows. Values that a logarithmic axis cannot show are left out and
// counted, never changed.

import type { Curve, Point } from './curves.ts';
import type { Range } from './chart-run.ts';

/** Powers of two that enclose all positive values, or null without any. */
export function powerOfTwoRange(curves: readonly Curve[]): Range | null {
  const values = drawnValues(curves).filter((value) => value > 0);
  if (values.length === 0) return null;
  const { from, to } = extentOf(values);
  const low = 2 ** Math.floor(Math.log2(from));
  const high = 2 ** Math.ceil(Math.log2(to));
  return { from: low, to: high > low ? high : 2 * low };
}

/** The range of all but the most extreme two in a hundred values at either end, with a little room. */
export function rangeWithoutOutliers(curves: readonly Curve[]): Range | null {
  const values = drawnValues(curves).sort((a, b) => a - b);
  if (values.length < 20) return null;
  const at = (share: number): number => values[Math.round(share * (values.length - 1))]!;
  const low = at(0.02);
  const high = at(0.98);
  if (!(high > low)) return null;
  const room = 0.06 * (high - low);
  return { from: low - room, to: high + room };
}

/**
 * A range that ends at the ceiling, for values so near it that an axis of round numbers would reach above; null
 * where there is room.
 */
export function rangeBelowCeiling(curves: readonly Curve[], ceiling: number): Range | null {
  const { from, to } = extentOf(drawnValues(curves));
  // A single value stands in the middle of an axis that is as long as the value is large.
  const room = to > from ? (to - from) / 2 : Math.abs(to) / 2;
  if (!(to + room > ceiling) || to > ceiling) return null;
  const span = Math.max(ceiling - from, 0.05 * ceiling);
  const step = roundStep(span / 4);
  const bottom = ceiling - step * Math.ceil(span / step - 1e-9);
  return { from: from < 0 ? bottom : Math.max(0, bottom), to: ceiling };
}

/** The next of 1, 2, 5 and their tenths and tens. */
function roundStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  return power * ([1, 2, 5, 10].find((times) => times * power >= step * 0.999) ?? 10);
}

/** How many values are at or below zero, and so have no place on a logarithmic axis. */
export function countNotPositive(curves: readonly Curve[]): number {
  return drawnValues(curves).filter((value) => value <= 0).length;
}

/** The curves without values at or below zero: gaps in their place. */
export function onlyPositive(curves: readonly Curve[]): Curve[] {
  const keep = (points: readonly Point[]): Point[] =>
    points.map(([x, y]) => (y !== null && y > 0 ? [x, y] : [x, null]));
  return curves.map((curve) => ({
    ...curve,
    points: keep(curve.points),
    rawPoints: keep(curve.rawPoints),
  }));
}

function drawnValues(curves: readonly Curve[]): number[] {
  return curves.flatMap(({ points }) => points.flatMap(([, y]) => (y === null ? [] : [y])));
}

function extentOf(values: readonly number[]): Range {
  let from = Infinity;
  let to = -Infinity;
  for (const value of values) {
    from = Math.min(from, value);
    to = Math.max(to, value);
  }
  return { from, to };
}
