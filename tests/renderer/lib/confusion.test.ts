// The confusion of classes as a table: totals, shares, precision and recall by class, and too many classes.

import { describe, expect, it } from 'vitest';
import { confusionTable } from '../../../renderer/lib/confusion.ts';

const confusion = {
  labels: ['good', 'bad', 'never'],
  counts: [
    [6, 2, 0],
    [1, 3, 0],
    [0, 0, 0],
  ],
};

describe('the confusion of classes', () => {
  it('has totals of rows and columns, and what was found and right of each class', () => {
    const table = confusionTable(confusion);
    expect(table.rows.map(({ total }) => total)).toEqual([8, 4, 0]);
    expect(table.totals).toEqual([7, 5, 0]);
    expect(table.total).toBe(12);
    expect(table.rows.map(({ found }) => found)).toEqual(['75.0%', '75.0%', '–']);
    expect(table.right).toEqual(['85.7%', '60.0%', '–']);
    expect(table.rows[0]!.cells.map(({ share }) => share)).toEqual([0.75, 0.25, 0]);
    expect(table.rows[1]!.cells.map(({ isRight }) => isRight)).toEqual([false, true, false]);
  });

  it('shows the most frequent classes in their order and counts the others in its totals', () => {
    const swapped = {
      labels: ['never', 'bad', 'good'],
      counts: confusion.counts.toReversed().map((row) => row.toReversed()),
    };
    const table = confusionTable(swapped, 2);
    expect(table.labels).toEqual(['bad', 'good']);
    expect(table.rows[0]!.cells.map(({ count }) => count)).toEqual([3, 1]);
    expect(table.hiddenCount).toBe(1);
    expect(confusionTable(confusion, 1)).toMatchObject({ totals: [7], total: 12, hiddenCount: 2 });
  });
});
