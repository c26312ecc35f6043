// Which charts a comparison begins with, and the figures of all of them as one table. Nothing of Vue.

import { chartCsv } from './charts/chart-csv.ts';
import type { ChartRun } from './charts/chart-run.ts';
import { chartsOfComparison, type ChartDefinition } from './charts/definitions.ts';

const mostMain = 2;

function keysOf(runs: readonly ChartRun[]): string[] {
  return [...new Set(runs.flatMap(({ series }) => [...series.keys()]))].sort();
}

/** The metric keys of the first charts, held-out data before training, and how many charts there are at all. */
export function mainCharts(runs: readonly ChartRun[]): { keys: readonly string[]; count: number } {
  const charts = chartsOfComparison(keysOf(runs));
  const losses = charts.filter(({ section }) => section === 'main').map(({ id }) => id);
  const isMeasured = runs.every(({ series }) => series.size === 0 || series.has('eval/loss'));
  // A run that is not evaluated yet, or never, is to be seen in one of them.
  const first = isMeasured ? losses : losses.filter((key) => key !== 'eval/perplexity');
  const keys = (losses.length > 0 ? first : charts.map(({ id }) => id)).slice(0, mostMain);
  return { keys, count: charts.length };
}

/** Made once a run and set of keys, so that nothing is drawn anew that stayed the same. */
const narrowed = new WeakMap<ChartRun, { keys: string; run: ChartRun }>();

/** The same runs with the figures of a few keys only. */
export function onlyKeys(runs: readonly ChartRun[], keys: readonly string[]): ChartRun[] {
  const name = keys.join(' ');
  return runs.map((run) => {
    const known = narrowed.get(run);
    if (known?.keys === name) return known.run;
    const series = new Map([...run.series].filter(([key]) => keys.includes(key)));
    const made = { ...run, series };
    narrowed.set(run, { keys: name, run: made });
    return made;
  });
}

/** Every figure of every run as comma-separated values, one line a point. */
export function seriesCsv(runs: readonly ChartRun[]): string {
  const charts: ChartDefinition[] = chartsOfComparison(keysOf(runs));
  const first = charts[0];
  return first ? chartCsv({ ...first, lines: charts.flatMap(({ lines }) => lines) }, runs) : '';
}
