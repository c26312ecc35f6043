// The axes that a figure can be drawn over: where each point of a series stands, and how an axis is read.

import type { MetricSeries, Preferences } from '../../../preload/contract.ts';
import { formatDuration } from '../duration.ts';
import { formatFixed, formatInteger, formatTick } from '../format.ts';
import type { ChartRun, Range } from './chart-run.ts';

export type XAxis = Preferences['xAxis'];

export const xAxisChoices: readonly { readonly value: XAxis; readonly label: string }[] = [
  { value: 'step', label: 'Step' },
  { value: 'epoch', label: 'Epoch' },
  { value: 'tokens', label: 'Tokens' },
  { value: 'relative', label: 'Time since start' },
  { value: 'wall', label: 'Clock time' },
];

/** Where the points of a series stand, in order: steps, epochs, tokens, ms since the start, or ms since 1970. */
export function xValues(series: MetricSeries, run: ChartRun, axis: XAxis): readonly number[] {
  switch (axis) {
    case 'step':
      return series.steps;
    case 'epoch':
      return series.epochs;
    case 'tokens':
      return series.steps.map((step) => step * run.tokensPerStep);
    case 'relative': {
      const start = startOf(run);
      return series.timesMs.map((timeMs) => timeMs - start);
    }
    case 'wall':
      return series.timesMs;
    default:
      return axis satisfies never;
  }
}

/** When a run began: by its record, or by its first figure where that was before. */
function startOf({ startedAtMs, series }: ChartRun): number {
  const firsts = [...series.values()].flatMap(({ timesMs }) => timesMs.slice(0, 1));
  const start = Math.min(startedAtMs ?? Infinity, ...firsts);
  return Number.isFinite(start) ? start : 0;
}

/** Where a step of a run stands on an axis, by the run's longest series; null where it has none. */
export function xOfStep(step: number, run: ChartRun, axis: XAxis): number | null {
  if (axis === 'step') return step;
  if (axis === 'tokens') return step * run.tokensPerStep;
  const series = longestSeries(run);
  if (!series) return null;
  const index = indexOfStep(series.steps, step);
  return xValues(series, run, axis)[index] ?? null;
}

/** The steps between two places of an axis: what to ask the store for when a chart is zoomed. */
export function stepsBetween(run: ChartRun, axis: XAxis, from: number, to: number): [number, number] | null {
  const series = longestSeries(run);
  if (!series) return null;
  const xs = xValues(series, run, axis);
  const first = xs.findIndex((x) => x >= from);
  const last = xs.findLastIndex((x) => x <= to);
  if (first < 0 || last < 0) return null;
  return [series.steps[Math.max(0, first - 1)]!, series.steps[Math.min(xs.length - 1, last + 1)]!];
}

/** All of an axis that the runs take; from zero and to their planned end where the axis has one. */
export function xExtent(runs: readonly ChartRun[], axis: XAxis): Range {
  let from = axis === 'wall' ? Infinity : 0;
  let to = -Infinity;
  for (const run of runs) {
    const series = longestSeries(run);
    const xs = series ? xValues(series, run, axis) : [];
    if (xs.length > 0) {
      from = Math.min(from, xs[0]!);
      to = Math.max(to, xs.at(-1)!);
    }
    if (axis === 'step' || axis === 'tokens') to = Math.max(to, xOfStep(run.totalSteps, run, axis) ?? 0);
  }
  return to > from
    ? { from, to }
    : { from: Number.isFinite(from) ? from : 0, to: (Number.isFinite(from) ? from : 0) + 1 };
}

/** A place on an axis in words: "step 1,390", "epoch 2.40", "1:20 after the start". */
export function xWords(axis: XAxis, x: number): string {
  switch (axis) {
    case 'step':
      return `step ${formatInteger(Math.round(x))}`;
    case 'epoch':
      return `epoch ${formatFixed(x, 2)}`;
    case 'tokens':
      return `${formatInteger(Math.round(x))} tokens`;
    case 'relative':
      return `${formatDuration(x)} after the start`;
    case 'wall':
      return new Date(x).toLocaleString(undefined, { hour12: false });
    default:
      return axis satisfies never;
  }
}

/** Labels of an axis this long are days. */
const longInHoursMs = 36 * 3_600_000;
const shortMs = 5 * 60_000;

/** A label of an axis that is `span` long. */
export function xTick(axis: XAxis, x: number, span = 0): string {
  if (axis === 'relative') return formatDuration(x);
  if (axis !== 'wall') return formatTick(x);
  const date = new Date(x);
  if (span > longInHoursMs) return date.toLocaleDateString(undefined, { day: 'numeric', month: 'short' });
  const parts = { hour12: false, hour: '2-digit', minute: '2-digit' } as const;
  return date.toLocaleTimeString(undefined, span < shortMs ? { ...parts, second: '2-digit' } : parts);
}

function longestSeries({ series }: ChartRun): MetricSeries | null {
  let longest: MetricSeries | null = null;
  for (const one of series.values()) {
    if (longest === null || one.steps.length > longest.steps.length) longest = one;
  }
  return longest;
}

function indexOfStep(steps: readonly number[], step: number): number {
  let low = 0;
  let high = steps.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (steps[middle]! < step) low = middle + 1;
    else high = middle;
  }
  return low;
}
