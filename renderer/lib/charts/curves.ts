// What one chart draws: for each run and line the points on the chosen axis, raw ones faint behind smoothed
// ones. Where figures are missing a curve has a gap.

import type { MetricSeries } from '../../../preload/contract.ts';
import { smoothed } from '../smoothing.ts';
import type { ChartRun, Range } from './chart-run.ts';
import type { ChartDefinition, LineDefinition } from './definitions.ts';
import { xValues, type XAxis } from './x-axis.ts';

/** A place of a curve; y is null in a gap. */
export type Point = readonly [x: number, y: number | null];

export interface Curve {
  /** Run and key: the same curve keeps it while it grows. */
  readonly id: string;
  readonly run: ChartRun;
  readonly name: string;
  readonly role: 'train' | 'eval';
  readonly points: readonly Point[];
  /** What was measured, faint behind `points`; empty when these are it. */
  readonly rawPoints: readonly Point[];
  /** Each point stands for many steps. */
  readonly isReduced: boolean;
  /** Few points are ringed, so that each is seen. */
  readonly hasRings: boolean;
  readonly bestX: number | null;
}

/** More points than this are a line, not measurements to point at. */
const mostRings = 60;
/** A distance of so many usual distances is a gap. */
const gapFactor = 12;

export interface CurveOptions {
  readonly axis: XAxis;
  /** Weight of the past in [0, 1); 0 draws what was measured. */
  readonly smoothing: number;
  /** The stretch that is looked at: points outside it, but for one at either end, are left out. */
  readonly range?: Range | undefined;
}

/** The curves of one chart, in the order of runs and lines; runs without figures have none. */
export function curvesOf(
  { lines }: ChartDefinition,
  runs: readonly ChartRun[],
  options: CurveOptions,
): Curve[] {
  return runs.flatMap((run) =>
    lines.flatMap((line) => {
      const series = run.series.get(line.key);
      return series && series.steps.length > 0 ? [curveOf(line, series, run, lines.length, options)] : [];
    }),
  );
}

function curveOf(
  line: LineDefinition,
  series: MetricSeries,
  run: ChartRun,
  lineCount: number,
  { axis, smoothing, range }: CurveOptions,
): Curve {
  const xs = xValues(series, run, axis);
  const isSmoothed = line.isSmoothed && smoothing > 0 && series.steps.length > 2;
  const means = isSmoothed ? smoothed(series.means, smoothing) : series.means;
  const y = (value: number): number | null => {
    const drawn = line.isExponential ? Math.exp(value) : value;
    return Number.isFinite(drawn) ? drawn : null;
  };
  const gaps = gapsIn(series.steps);
  const bestIndex = line.role === 'eval' && run.bestStep !== null ? series.steps.indexOf(run.bestStep) : -1;
  return {
    id: `${run.runId} ${line.key}`,
    run,
    name: nameOf(line, run, lineCount),
    role: line.role,
    points: within(withGaps(xs, means.map(y), gaps), range),
    rawPoints: isSmoothed ? within(rawPointsOf(series, xs, y, gaps), range) : [],
    isReduced: !series.isWhole,
    hasRings: line.role === 'eval' && series.steps.length <= mostRings,
    bestX: bestIndex < 0 ? null : xs[bestIndex]!,
  };
}

function nameOf(line: LineDefinition, run: ChartRun, lineCount: number): string {
  if (run.color !== null) return lineCount > 1 ? `${run.name}, ${line.name}` : run.name;
  return run.isAncestor ? `${line.name} of ${run.name}` : line.name;
}

function within(points: readonly Point[], range: Range | undefined): readonly Point[] {
  if (!range) return points;
  const first = points.findIndex(([x]) => x >= range.from);
  const last = points.findLastIndex(([x]) => x <= range.to);
  return first < 0 ? points.slice(-1) : points.slice(Math.max(0, first - 1), last + 2);
}

/** Every point where there are few; of buckets the lowest and the highest, so that no spike is lost. */
function rawPointsOf(
  series: MetricSeries,
  xs: readonly number[],
  y: (value: number) => number | null,
  gaps: ReadonlySet<number>,
): Point[] {
  if (series.isWhole) return withGaps(xs, series.means.map(y), gaps);
  return xs.flatMap((x, index): Point[] => {
    const ends: Point[] = [
      [x, y(series.minimums[index]!)],
      [x, y(series.maximums[index]!)],
    ];
    return gaps.has(index) ? [[x, null], ...ends] : ends;
  });
}

function withGaps(xs: readonly number[], ys: readonly (number | null)[], gaps: ReadonlySet<number>): Point[] {
  return xs.flatMap((x, index): Point[] =>
    gaps.has(index)
      ? [
          [x, null],
          [x, ys[index]!],
        ]
      : [[x, ys[index]!]],
  );
}

/** The places before which figures are missing: much farther from the one before than is usual. */
function gapsIn(steps: readonly number[]): Set<number> {
  const gaps = new Set<number>();
  if (steps.length < 8) return gaps;
  const distances = steps.slice(1).map((step, index) => step - steps[index]!);
  const usual = [...distances].sort((a, b) => a - b)[distances.length >> 1]!;
  distances.forEach((distance, index) => {
    if (distance > gapFactor * usual) gaps.add(index + 1);
  });
  return gaps;
}
