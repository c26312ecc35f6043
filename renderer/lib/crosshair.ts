// Which values a crosshair points at. Works on the drawn points, which are sorted by x.

import type { Point } from './downsample.ts';

/** The point of a line that is nearest to `x`, or null outside the line's reach by more than `slack`. */
export function pointAt(points: readonly Point[], x: number, slack: number): Point | null {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (points[middle]![0] < x) low = middle + 1;
    else high = middle;
  }
  const after = points[low];
  const before = points[low - 1];
  const nearest = !before || (after && after[0] - x < x - before[0]) ? after : before;
  if (!nearest) return null;
  const isInside = x >= points[0]![0] - slack && x <= points.at(-1)![0] + slack;
  return isInside ? nearest : null;
}
