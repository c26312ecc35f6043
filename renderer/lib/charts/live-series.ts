// Figures by key that grow while a run trains. When a run goes on from an earlier step, what came after that
// step is cut, so that no step is there twice.

import type { MetricPoint, MetricSeries } from '../../../preload/contract.ts';

export type SeriesByKey = ReadonlyMap<string, MetricSeries>;

/** The same figures with points added in their order; a step that is there already replaces all from it on. */
export function withPoints(series: SeriesByKey, points: readonly MetricPoint[]): SeriesByKey {
  const grown = new Map(series);
  const own = new Set<string>();
  const writable = (key: string): MetricSeries => {
    const known = grown.get(key);
    if (known && own.has(key)) return known;
    const copy = known ? copyOf(known) : emptySeries(key);
    own.add(key);
    grown.set(key, copy);
    return copy;
  };
  for (const { step, epoch, timeMs, values } of points) {
    const keys = Object.keys(values);
    if (keys.some((key) => (grown.get(key)?.steps.at(-1) ?? -1) >= step)) {
      for (const key of grown.keys()) cutFrom(writable(key), keys.includes(key) ? step : step + 1);
    }
    for (const key of keys) push(writable(key), step, epoch, timeMs, values[key]!);
  }
  return grown;
}

/** The same figures up to a step. */
export function upToStep(series: SeriesByKey, lastStep: number): SeriesByKey {
  const cut = new Map<string, MetricSeries>();
  for (const [key, one] of series) {
    const copy = copyOf(one);
    cutFrom(copy, lastStep + 1);
    cut.set(key, copy);
  }
  return cut;
}

/** The newest value of a key, or null. */
export function lastValue(series: SeriesByKey, key: string): number | null {
  return series.get(key)?.means.at(-1) ?? null;
}

function push(series: MetricSeries, step: number, epoch: number, timeMs: number, value: number): void {
  series.steps.push(step);
  series.epochs.push(epoch);
  series.timesMs.push(timeMs);
  series.minimums.push(value);
  series.maximums.push(value);
  series.means.push(value);
}

function cutFrom(series: MetricSeries, step: number): void {
  const from = series.steps.findIndex((known) => known >= step);
  if (from < 0) return;
  for (const column of columnsOf(series)) column.length = from;
}

function columnsOf(series: MetricSeries): number[][] {
  const { steps, epochs, timesMs, minimums, maximums, means } = series;
  return [steps, epochs, timesMs, minimums, maximums, means];
}

function copyOf(series: MetricSeries): MetricSeries {
  return {
    ...series,
    steps: [...series.steps],
    epochs: [...series.epochs],
    timesMs: [...series.timesMs],
    minimums: [...series.minimums],
    maximums: [...series.maximums],
    means: [...series.means],
  };
}

function emptySeries(key: string): MetricSeries {
  return { key, steps: [], epochs: [], timesMs: [], minimums: [], maximums: [], means: [], isWhole: true };
}
