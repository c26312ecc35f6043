// The figures of one run by metric key, each a growing list of steps and values. When a run goes on from an
// earlier step, what came after that step is cut, so that no step is there twice.

import type { MetricPoint } from '../../preload/contract.ts';

export interface MetricSeries {
  readonly steps: number[];
  readonly values: number[];
}

export type MetricTable = Map<string, MetricSeries>;

/**
 * Adds points in their order; a step that a key already has replaces it and everything after it, in every
 * key. Changes `table`.
 */
export function appendPoints(table: MetricTable, points: readonly MetricPoint[]): void {
  for (const { step, values } of points) {
    const keys = Object.keys(values);
    if (keys.some((key) => (table.get(key)?.steps.at(-1) ?? -1) >= step)) cutFrom(table, step, keys);
    for (const key of keys) {
      const series = table.get(key) ?? { steps: [], values: [] };
      series.steps.push(step);
      series.values.push(values[key]!);
      table.set(key, series);
    }
  }
}

/** Forgets what was after `step`, and of the given keys `step` itself. */
function cutFrom(table: MetricTable, step: number, keys: readonly string[]): void {
  for (const [key, series] of table) {
    const limit = keys.includes(key) ? step : step + 1;
    const from = series.steps.findIndex((known) => known >= limit);
    if (from < 0) continue;
    series.steps.length = from;
    series.values.length = from;
  }
}

/** The newest value of a key, or null. */
export function lastValue(table: MetricTable, key: string): number | null {
  return table.get(key)?.values.at(-1) ?? null;
}
