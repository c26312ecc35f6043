// The figures of a run in a terminal: a table of a few dozen lines for people, every point as JSON lines.

import type { MetricPoint, Studio } from '../../preload/contract.ts';
import { count, table } from './format.ts';
import type { Output } from './output.ts';
import { UsageError } from './usage-error.ts';

/** Points asked for at once. */
const pagePoints = 10_000;
/** Lines of a table; of more steps each line stands for several. */
const mostLines = 40;

/** Shows figures of all keys, or of those that are named; throws UsageError for one that the run has not. */
export async function showMetrics(
  studio: Studio,
  output: Output,
  runId: string,
  wanted: readonly string[],
): Promise<void> {
  const { metricKeys } = await studio.call('runs.get', { runId });
  const unknown = wanted.find((key) => !metricKeys.includes(key));
  if (unknown !== undefined) {
    const known = metricKeys.join(', ') || 'none yet';
    throw new UsageError(`The run has no figures of "${unknown}".`, `It has ${known}.`);
  }
  const keys = wanted.length > 0 ? wanted : metricKeys;
  if (output.isJson) await writeLines(studio, output, runId, new Set(keys));
  else await writeTable(studio, output, runId, keys);
}

async function writeLines(
  studio: Studio,
  output: Output,
  runId: string,
  keys: ReadonlySet<string>,
): Promise<void> {
  let points: MetricPoint[];
  let afterStep = -1;
  do {
    points = await studio.call('runs.metrics', { runId, afterStep, limit: pagePoints });
    for (const { step, epoch, timeMs, values } of points) {
      const shown = Object.entries(values).filter(([key]) => keys.has(key));
      if (shown.length > 0)
        output.event('metrics', { step, epoch, timeMs, values: Object.fromEntries(shown) });
    }
    afterStep = points.at(-1)?.step ?? afterStep;
  } while (points.length === pagePoints);
}

/** Each line shows the mean of what came since the line before it. */
async function writeTable(
  studio: Studio,
  output: Output,
  runId: string,
  keys: readonly string[],
): Promise<void> {
  const series = await studio.call('runs.series', { runId, keys: [...keys], bucketCount: mostLines });
  if (series.length === 0) {
    output.line('There are no figures yet.');
    return;
  }
  const cells = new Map<number, Map<string, string>>();
  for (const { key, steps, means } of series) {
    steps.forEach((step, i) => {
      const row = cells.get(step) ?? new Map<string, string>();
      cells.set(step, row.set(key, figure(means[i]!)));
    });
  }
  const shown = series.map(({ key }) => key);
  const rows = [...cells].sort(([a], [b]) => a - b);
  const lines = table(
    [
      ['step', ...shown],
      ...rows.map(([step, row]) => [count(step), ...shown.map((key) => row.get(key) ?? '–')]),
    ],
    [0, ...shown.map((_, i) => i + 1)],
  );
  for (const line of lines) output.line(line);
}

function figure(value: number): string {
  if (value === 0 || (Math.abs(value) >= 0.001 && Math.abs(value) < 1e5)) return value.toPrecision(5);
  return value.toExponential(3);
}
