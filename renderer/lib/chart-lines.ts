// What the four charts of a run show, as plain lines and marks in the words of the look (train, eval), without
// knowing who draws them. Raw lines stand faint behind smoothed ones; evaluation points are never smoothed.

import type { Point } from './downsample.ts';
import { downsampleMinMax } from './downsample.ts';
import type { MetricSeries, MetricTable } from './metric-table.ts';
import { smoothed } from './smoothing.ts';

/** More points than this cannot be told apart in a card. */
const bucketsPerChart = 500;

export interface ChartLine {
  readonly name: string;
  readonly role: 'train' | 'eval';
  readonly points: readonly Point[];
  /** Faint lines are the raw values behind a smoothed line. */
  readonly isFaint: boolean;
  /** Draws a ring at each point. */
  readonly hasRings: boolean;
  /** The point to mark as the best one, if any. */
  readonly bestX: number | null;
}

export interface ChartMarks {
  /** Vertical lines, each with a word. */
  readonly verticals: readonly { readonly x: number; readonly label: string }[];
  /** Horizontal dashed lines. */
  readonly horizontals: readonly { readonly y: number; readonly label: string }[];
}

export const noMarks: ChartMarks = { verticals: [], horizontals: [] };

/** Train loss, raw and smoothed, and the validation loss with its best point. */
export function lossLines(table: MetricTable, bestStep: number | null): ChartLine[] {
  return [
    ...smoothedPair('train', table.get('train/loss')),
    ...evalLine('validation', table.get('eval/loss'), bestStep),
  ];
}

/** Perplexity `exp(loss)` of the smoothed train loss, and that of the validation data as it was measured. */
export function perplexityLines(table: MetricTable): ChartLine[] {
  const loss = table.get('train/loss');
  const train = loss ? [line('train', 'train', zip(loss.steps, smoothed(loss.values).map(Math.exp)))] : [];
  return [...train, ...evalLine('validation', table.get('eval/perplexity'), null)];
}

/** The learning rate as it was used. */
export function learningRateLines(table: MetricTable): ChartLine[] {
  const rate = table.get('train/learning_rate');
  return rate ? [line('learning rate', 'train', zip(rate.steps, rate.values))] : [];
}

/** The gradient's length before clipping, raw and smoothed. */
export function gradientNormLines(table: MetricTable): ChartLine[] {
  return smoothedPair('gradient norm', table.get('train/grad_norm'));
}

/** Powers of two that enclose all values of a logarithmic axis, or null without any positive value. */
export function powerOfTwoRange(lines: readonly ChartLine[]): readonly [number, number] | null {
  let lowest = Infinity;
  let highest = -Infinity;
  for (const { points } of lines)
    for (const [, y] of points) {
      if (!(y > 0 && Number.isFinite(y))) continue;
      lowest = Math.min(lowest, y);
      highest = Math.max(highest, y);
    }
  if (highest < lowest) return null;
  const low = 2 ** Math.floor(Math.log2(lowest));
  const high = 2 ** Math.ceil(Math.log2(highest));
  return [low, high > low ? high : 2 * low];
}

/** One line of a caption that says in words what a chart shows last. */
export function describeLines(lines: readonly ChartLine[], format: (value: number) => string): string {
  return lines
    .filter(({ isFaint, points }) => !isFaint && points.length > 0)
    .map(({ name, points }) => {
      const [step, value] = points.at(-1)!;
      return `${name} ${format(value)} at step ${step}`;
    })
    .join(', ');
}

function smoothedPair(name: string, series: MetricSeries | undefined): ChartLine[] {
  if (!series) return [];
  return [
    { ...line(`${name} (raw)`, 'train', zip(series.steps, series.values)), isFaint: true },
    line(name, 'train', zip(series.steps, smoothed(series.values))),
  ];
}

function evalLine(name: string, series: MetricSeries | undefined, bestX: number | null): ChartLine[] {
  if (!series) return [];
  return [
    { ...line(name, 'eval', zip(series.steps, series.values)), hasRings: series.steps.length <= 60, bestX },
  ];
}

function line(name: string, role: ChartLine['role'], points: Point[]): ChartLine {
  return {
    name,
    role,
    points: downsampleMinMax(points, bucketsPerChart),
    isFaint: false,
    hasRings: false,
    bestX: null,
  };
}

function zip(xs: readonly number[], ys: readonly number[]): Point[] {
  return xs.map((x, index) => [x, ys[index]!]);
}
