// Leaves out of a curve what a plot cannot show: of all points in one column of pixels the first, the lowest, the
// highest and the last draw the same line (Jugel et al. 2014, "M4"). For drawing only: what is read keeps every point.

import type { Range } from './chart-run.ts';
import type { Point } from './curves.ts';

/** Most points that one column keeps. */
const keptOfColumn = 4;

/** The points, sorted by x, that a plot of `columnCount` columns over `range` needs; gaps stay. */
export function thinned(points: readonly Point[], range: Range, columnCount: number): readonly Point[] {
  const perColumn = columnCount / (range.to - range.from);
  if (!(perColumn > 0) || points.length <= keptOfColumn * columnCount) return points;
  const kept: Point[] = [];
  let from = 0;
  while (from < points.length) {
    const column = Math.floor((points[from]![0] - range.from) * perColumn);
    let lowest = from;
    let highest = from;
    let next = from;
    for (; next < points.length; next++) {
      const [x, y] = points[next]!;
      if (y === null || Math.floor((x - range.from) * perColumn) !== column) break;
      if (y < points[lowest]![1]!) lowest = next;
      if (y > points[highest]![1]!) highest = next;
    }
    if (next === from) {
      // A gap stands alone.
      kept.push(points[from]!);
      from++;
      continue;
    }
    const last = next - 1;
    const middle = [Math.min(lowest, highest), Math.max(lowest, highest)];
    for (const index of new Set([from, ...middle, last])) kept.push(points[index]!);
    from = next;
  }
  return kept;
}
