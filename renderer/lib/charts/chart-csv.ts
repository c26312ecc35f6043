// The figures of a chart as comma-separated values, as they were measured (or reduced), not smoothed.

import { csvCell } from '../csv.ts';
import type { ChartRun } from './chart-run.ts';
import type { ChartDefinition } from './definitions.ts';

/** One line a point: run, metric, step, epoch, time and value, with minimum and maximum of reduced points. */
export function chartCsv({ lines }: ChartDefinition, runs: readonly ChartRun[]): string {
  const rows = ['run,metric,step,epoch,time,value,minimum,maximum'];
  for (const run of runs) {
    for (const key of new Set(lines.map((line) => line.key))) {
      const series = run.series.get(key);
      series?.steps.forEach((step, index) => {
        const values = [series.means[index], series.minimums[index], series.maximums[index]];
        const time = new Date(series.timesMs[index]!).toISOString();
        rows.push([csvCell(run.name), key, step, series.epochs[index], time, ...values].join(','));
      });
    }
  }
  return `${rows.join('\n')}\n`;
}
