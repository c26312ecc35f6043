// The confusion of a classifier as a table to be read: rows of what is right, columns of what was named, totals,
// and how much of its row a cell is. Nothing of Vue.

import type { Evaluation } from '../../preload/contract.ts';
import { unknown } from './format.ts';

type Confusion = NonNullable<Evaluation['confusion']>;

export interface ConfusionCell {
  readonly count: number;
  /** Of all examples of the row's class, from 0 to 1. */
  readonly share: number;
  readonly isRight: boolean;
}

export interface ConfusionRow {
  readonly label: string;
  readonly cells: readonly ConfusionCell[];
  readonly total: number;
  /** Recall in words. */
  readonly found: string;
}

export interface ConfusionTable {
  readonly labels: readonly string[];
  readonly rows: readonly ConfusionRow[];
  /** How often each class was named. */
  readonly totals: readonly number[];
  readonly total: number;
  /** Precision of each class in words. */
  readonly right: readonly string[];
  /** Classes that are left out, because nobody reads so many. */
  readonly hiddenCount: number;
}

const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0);
const percent = (count: number, total: number): string =>
  total === 0 ? unknown : `${((100 * count) / total).toFixed(1)}%`;

/** The table of at most `most` classes, the most frequent; totals are over all classes. */
export function confusionTable({ labels, counts }: Confusion, most = 40): ConfusionTable {
  const rowTotals = counts.map(sum);
  const columnTotals = labels.map((_, j) => sum(counts.map((row) => row[j]!)));
  const shown = [...labels.keys()]
    .sort((a, b) => rowTotals[b]! - rowTotals[a]! || a - b)
    .slice(0, most)
    .sort((a, b) => a - b);
  return {
    labels: shown.map((index) => labels[index]!),
    rows: shown.map((i) => ({
      label: labels[i]!,
      cells: shown.map((j) => {
        const count = counts[i]![j]!;
        return { count, share: rowTotals[i] === 0 ? 0 : count / rowTotals[i]!, isRight: i === j };
      }),
      total: rowTotals[i]!,
      found: percent(counts[i]![i]!, rowTotals[i]!),
    })),
    totals: shown.map((j) => columnTotals[j]!),
    total: sum(rowTotals),
    right: shown.map((j) => percent(counts[j]![j]!, columnTotals[j]!)),
    hiddenCount: labels.length - shown.length,
  };
}
