// Counts the classes of a column over a whole dataset, one row at a time. Runs in the text thread.

import type { TaskColumns } from '../../preload/contract.ts';
import { mostClasses } from '../engine-host/class-labels.ts';
import { cellText } from '../import/cell-text.ts';
import { datasetRows } from '../engine-host/dataset-rows.ts';
import type { DatasetText } from '../engine-host/messages.ts';

export interface ClassCounts {
  /** The most frequent first; of equals in the order of the alphabet. */
  readonly labels: TaskColumns['labels'];
  /** Whether there are more different values than classes may be; then they were not all counted. */
  readonly isTooMany: boolean;
}

/** The values of a column with how often each occurs. */
export async function countClasses(
  dataset: DatasetText,
  column: string,
  onProgress: (value: number) => void,
): Promise<ClassCounts> {
  const counts = new Map<string, number>();
  const whole = { validationFraction: 0, splitBy: 'order' } as const;
  let isTooMany = false;
  for await (const { index, row } of datasetRows(dataset, 'all', whole)) {
    const name = cellText(row, column);
    counts.set(name, (counts.get(name) ?? 0) + 1);
    isTooMany = counts.size > mostClasses;
    if (isTooMany) break;
    if (index % 10_000 === 0) onProgress(index / Math.max(1, dataset.rowCount));
  }
  const labels = Array.from(counts, ([name, count]) => ({ name, count }));
  labels.sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
  return { labels: labels.slice(0, mostClasses), isTooMany };
}
