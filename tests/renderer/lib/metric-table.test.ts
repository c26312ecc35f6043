// Figures as they arrive, twice, late, and after a run went back to an earlier step.

import { describe, expect, it } from 'vitest';
import type { MetricPoint } from '../../../preload/contract.ts';
import { appendPoints, lastValue, type MetricTable } from '../../../renderer/lib/metric-table.ts';

const train = (step: number, loss: number): MetricPoint => ({
  step,
  epoch: 0,
  timeMs: 0,
  values: { 'train/loss': loss },
});
const evaluation = (step: number, loss: number): MetricPoint => ({
  step,
  epoch: 0,
  timeMs: 0,
  values: { 'eval/loss': loss },
});

function tableOf(...points: MetricPoint[]): MetricTable {
  const table: MetricTable = new Map();
  appendPoints(table, points);
  return table;
}

describe('a table of figures', () => {
  it('keeps each key in the order of its steps', () => {
    const table = tableOf(train(1, 4), train(2, 3), evaluation(2, 3.5), train(3, 2));
    expect(table.get('train/loss')).toEqual({ steps: [1, 2, 3], values: [4, 3, 2] });
    expect(table.get('eval/loss')).toEqual({ steps: [2], values: [3.5] });
    expect(lastValue(table, 'train/loss')).toBe(2);
    expect(lastValue(table, 'train/none')).toBeNull();
  });

  it('forgets what came after the step that a run goes on from, in every key', () => {
    const table = tableOf(train(1, 4), train(2, 3), train(3, 2), evaluation(3, 2.5), train(2, 2.9));
    expect(table.get('train/loss')).toEqual({ steps: [1, 2], values: [4, 2.9] });
    expect(table.get('eval/loss')!.steps).toEqual([]);
  });

  it('does not double points that come again', () => {
    const points = [train(1, 4), train(2, 3), evaluation(2, 3.5), train(3, 2)];
    const table = tableOf(...points, ...points.slice(1));
    expect(table).toEqual(tableOf(...points));
  });
});
