// What the charts of a run show: which lines, smoothed or raw, and where the crosshair points.

import { describe, expect, it } from 'vitest';
import {
  describeLines,
  gradientNormLines,
  learningRateLines,
  lossLines,
  perplexityLines,
  powerOfTwoRange,
} from '../../../renderer/lib/chart-lines.ts';
import { pointAt } from '../../../renderer/lib/crosshair.ts';
import { appendPoints, type MetricTable } from '../../../renderer/lib/metric-table.ts';
import { inventedPoints } from '../invented-run.ts';

function tableOfSteps(count: number): MetricTable {
  const table: MetricTable = new Map();
  for (let step = 1; step <= count; step++) appendPoints(table, inventedPoints(step, 100, 700));
  return table;
}

describe('the lines of a run', () => {
  const table = tableOfSteps(250);

  it('are none before the first step', () => {
    const empty: MetricTable = new Map();
    for (const lines of [lossLines(empty, null), perplexityLines(empty), learningRateLines(empty)])
      expect(lines).toEqual([]);
  });

  it('show the loss raw and faint behind smoothed, and evaluations as they were measured', () => {
    const [raw, smooth, evaluation] = lossLines(table, 200);
    expect([raw!.isFaint, smooth!.isFaint, evaluation!.isFaint]).toEqual([true, false, false]);
    expect(raw!.points.map(([, y]) => y)).toEqual(table.get('train/loss')!.values);
    expect(evaluation).toMatchObject({ role: 'eval', hasRings: true, bestX: 200 });
    expect(evaluation!.points).toEqual(
      table.get('eval/loss')!.steps.map((step, index) => [step, table.get('eval/loss')!.values[index]]),
    );
  });

  it('show as train perplexity e to the smoothed loss', () => {
    const smooth = lossLines(table, null)[1]!;
    const train = perplexityLines(table)[0]!;
    expect(train.points.at(-1)![1]).toBeCloseTo(Math.exp(smooth.points.at(-1)![1]), 10);
  });

  it('describe themselves by their newest values', () => {
    const words = describeLines(gradientNormLines(table), (value) => value.toFixed(1));
    expect(words).toMatch(/^gradient norm \d\.\d at step 250$/);
  });

  it('are enclosed by powers of two', () => {
    const line = { ...learningRateLines(table)[0]!, points: [[0, 5] as const, [1, 60] as const] };
    expect(powerOfTwoRange([line])).toEqual([4, 64]);
    expect(powerOfTwoRange([{ ...line, points: [[0, 8]] }])).toEqual([8, 16]);
    expect(powerOfTwoRange([{ ...line, points: [[0, -1]] }])).toBeNull();
  });
});

describe('the crosshair', () => {
  const points = [
    [100, 1],
    [200, 2],
    [300, 3],
  ] as const;

  it('takes the nearest point', () => {
    expect(pointAt(points, 149, 5)).toEqual([100, 1]);
    expect(pointAt(points, 151, 5)).toEqual([200, 2]);
    expect(pointAt(points, 300, 5)).toEqual([300, 3]);
  });

  it('finds nothing where the line has not been', () => {
    expect(pointAt(points, 50, 5)).toBeNull();
    expect(pointAt(points, 306, 5)).toBeNull();
    expect(pointAt([], 3, 5)).toBeNull();
  });
});
