// What charts draw for given figures: axes, smoothing, gaps, ranges, crosshair, order and CSV.

import { describe, expect, it } from 'vitest';
import { arrange, filterOf, moved } from '../../../../renderer/lib/charts/arrangement.ts';
import { chartCsv } from '../../../../renderer/lib/charts/chart-csv.ts';
import type { ChartRun } from '../../../../renderer/lib/charts/chart-run.ts';
import { curvesOf } from '../../../../renderer/lib/charts/curves.ts';
import { chartsOfComparison, chartsOfRun } from '../../../../renderer/lib/charts/definitions.ts';
import { upToStep, withPoints } from '../../../../renderer/lib/charts/live-series.ts';
import { pointAt, readOut } from '../../../../renderer/lib/charts/read-out.ts';
import { stepsBetween, xExtent, xOfStep } from '../../../../renderer/lib/charts/x-axis.ts';
import {
  countNotPositive,
  onlyPositive,
  powerOfTwoRange,
  rangeBelowCeiling,
  rangeWithoutOutliers,
} from '../../../../renderer/lib/charts/y-range.ts';
import type { MetricPoint } from '../../../../preload/contract.ts';

const startMs = 1_700_000_000_000;

function points(steps: readonly number[], values: (step: number) => Record<string, number>): MetricPoint[] {
  return steps.map((step) => ({ step, epoch: step / 10, timeMs: startMs + 50 * step, values: values(step) }));
}

function runOf(data: readonly MetricPoint[], changes: Partial<ChartRun> = {}): ChartRun {
  return {
    runId: 'a',
    name: 'amber-loom',
    color: null,
    isBaseline: false,
    isLive: false,
    isAncestor: false,
    startedAtMs: startMs,
    tokensPerStep: 256,
    totalSteps: 0,
    series: withPoints(new Map(), data),
    marks: [],
    bestStep: null,
    ...changes,
  };
}

const steps = Array.from({ length: 40 }, (_, index) => index + 1);
const run = runOf(points(steps, (step) => ({ 'train/loss': 4 / step })));
const loss = chartsOfRun(['train/loss'])[0]!;
const raw = { axis: 'step', smoothing: 0 } as const;

describe('figures that grow', () => {
  it('have each step once when a run goes on from an earlier step', () => {
    const first = withPoints(
      new Map(),
      points([1, 2, 3, 4], (step) => ({ a: step, b: step })),
    );
    const next = withPoints(
      first,
      points([3], () => ({ a: 30 })),
    );
    expect(next.get('a')).toMatchObject({ steps: [1, 2, 3], means: [1, 2, 30] });
    expect(next.get('b')!.steps).toEqual([1, 2, 3]);
    expect(first.get('a')!.steps).toEqual([1, 2, 3, 4]);
  });
});

describe('figures up to a step', () => {
  it('end there, and leave the others as they are', () => {
    const all = withPoints(
      new Map(),
      points([1, 2, 3], (step) => ({ a: step })),
    );
    expect(upToStep(all, 2).get('a')).toMatchObject({ steps: [1, 2], means: [1, 2] });
    expect(all.get('a')!.steps).toEqual([1, 2, 3]);
  });
});

describe('the axes', () => {
  it('place a step by its epoch, tokens and time', () => {
    expect(xOfStep(20, run, 'epoch')).toBe(2);
    expect(xOfStep(20, run, 'tokens')).toBe(5_120);
    expect(xOfStep(20, run, 'relative')).toBe(1_000);
    expect(xOfStep(20, run, 'wall')).toBe(startMs + 1_000);
  });

  it('reach from zero to the planned end, clock time only as far as there are figures', () => {
    expect(xExtent([{ ...run, totalSteps: 700 }], 'step')).toEqual({ from: 0, to: 700 });
    expect(xExtent([run], 'wall')).toEqual({ from: startMs + 50, to: startMs + 2_000 });
    expect(xExtent([runOf([])], 'step')).toEqual({ from: 0, to: 1 });
  });

  it('begin relative time at the first figure where that is before the record of the start', () => {
    expect(xOfStep(20, { ...run, startedAtMs: startMs + 1e9 }, 'relative')).toBe(950);
  });

  it('give the steps of a stretch with one more at either end', () => {
    expect(stepsBetween(run, 'epoch', 1.05, 1.95)).toEqual([10, 20]);
  });
});

describe('curves', () => {
  it('are what was measured without smoothing, and both with it', () => {
    const [plain] = curvesOf(loss, [run], raw);
    expect(plain!.points[3]).toEqual([4, 1]);
    expect(plain!.rawPoints).toEqual([]);
    const [smooth] = curvesOf(loss, [run], { axis: 'step', smoothing: 0.5 });
    // The debiased average of 4, 2: (0.25·4 + 0.5·2) / 0.75.
    expect(smooth!.points[1]![1]).toBeCloseTo((0.25 * 4 + 0.5 * 2) / 0.75, 12);
    expect(smooth!.rawPoints[1]).toEqual([2, 2]);
  });

  it('of a perplexity are e to the loss, and evaluations are never smoothed', () => {
    const measured = runOf(
      points(steps, () => ({ 'train/loss': 2, 'eval/perplexity': 9 })),
      { bestStep: 7 },
    );
    const [, perplexity] = chartsOfRun(['train/loss', 'eval/perplexity']);
    const [train, held] = curvesOf(perplexity!, [measured], { axis: 'step', smoothing: 0.9 });
    expect(train!.points[0]![1]).toBeCloseTo(Math.exp(2), 12);
    expect(held).toMatchObject({ rawPoints: [], hasRings: true });
  });

  it('keep the extremes of what was reduced', () => {
    const reduced = runOf([]);
    const series = {
      key: 'train/loss',
      steps: [10, 20, 30],
      epochs: [1, 2, 3],
      timesMs: [1, 2, 3],
      isWhole: false,
    };
    const one = { ...series, minimums: [1, 1, 1], maximums: [9, 5, 5], means: [3, 3, 3] };
    const [curve] = curvesOf(loss, [{ ...reduced, series: new Map([['train/loss', one]]) }], {
      axis: 'step',
      smoothing: 0.6,
    });
    expect(curve!.rawPoints.slice(0, 2)).toEqual([
      [10, 1],
      [10, 9],
    ]);
  });

  it('looked at closely keep one point at either end, so that lines reach the edges', () => {
    const [curve] = curvesOf(loss, [run], { ...raw, range: { from: 10.5, to: 12.5 } });
    expect(curve!.points.map(([x]) => x)).toEqual([10, 11, 12, 13]);
  });

  it('of what a fork grew out of carry its name', () => {
    const names = curvesOf(loss, [{ ...run, isAncestor: true }, run], raw).map(({ name }) => name);
    expect(names).toEqual(['train of amber-loom', 'train']);
  });

  it('have a gap where figures are missing', () => {
    const broken = runOf(points([...steps, 400, 401], (step) => ({ 'train/loss': step })));
    const [curve] = curvesOf(loss, [broken], raw);
    expect(curve!.points.filter(([, y]) => y === null)).toEqual([[400, null]]);
  });
});

describe('the vertical range', () => {
  const values = runOf(
    points(steps, (step) => ({ 'train/loss': step === 5 ? 1e6 : step === 6 ? -1 : step })),
  );
  const curves = curvesOf(loss, [values], raw);

  it('on a logarithmic axis leaves out what has no logarithm, and says how many', () => {
    expect(countNotPositive(curves)).toBe(1);
    expect(onlyPositive(curves)[0]!.points[5]).toEqual([6, null]);
    expect(powerOfTwoRange(curves)).toEqual({ from: 1, to: 2 ** 20 });
  });

  it('without outliers does not reach them', () => {
    expect(rangeWithoutOutliers(curves)!.to).toBeLessThan(50);
  });

  it('of a share ends at 100 % where values come near it, and is free elsewhere', () => {
    const shares = (...values: number[]) =>
      curvesOf(
        chartsOfRun(['eval/accuracy']).find(({ id }) => id === 'eval/accuracy')!,
        [runOf(points(values.map((_, i) => i), (i) => ({ 'eval/accuracy': values[i]! })))], // prettier-ignore
        raw,
      );
    for (const values of [[0.5, 0.99], [1], [0.1, 1], [0.9, 0.97]]) {
      const range = rangeBelowCeiling(shares(...values), 1)!;
      expect(range.to).toBe(1);
      expect(range.from).toBeLessThanOrEqual(Math.min(...values) + 1e-9);
      expect(range.from).toBeGreaterThanOrEqual(0);
    }
    expect(rangeBelowCeiling(shares(0.2, 0.4), 1)).toBeNull();
    expect(rangeBelowCeiling(shares(0.3), 1)).toBeNull();
    expect(rangeBelowCeiling([], 1)).toBeNull();
  });
});

describe('the crosshair', () => {
  it('reads the nearest value, the highest first, and nothing in a gap or beyond the end', () => {
    const low = runOf(
      points(steps, () => ({ 'train/loss': 1 })),
      { runId: 'b' },
    );
    const high = runOf(points(steps, () => ({ 'train/loss': 2 })));
    const readings = readOut(curvesOf(loss, [low, high], raw), 10.4, 1);
    expect(readings.map(({ value, x }) => [value, x])).toEqual([
      [2, 10],
      [1, 10],
    ]);
    expect(pointAt([[1, 5]], 3, 1)).toBeNull();
    expect(
      pointAt(
        [
          [1, 5],
          [2, null],
          [9, 7],
        ],
        2,
        1,
      ),
    ).toEqual([1, 5]);
  });
});

describe('the charts of a page', () => {
  const charts = chartsOfRun([
    'train/loss',
    'eval/loss',
    'train/grad_norm',
    'system/memory_bytes',
    'eval/bleu',
    'eval/chrf',
  ]);

  it('show every key there is, a key that nobody foresaw too', () => {
    expect(charts.map(({ title }) => title)).toEqual([
      'Loss',
      'Perplexity',
      'Validation BLEU ↑',
      'Gradient norm',
      'Memory',
      'Chrf',
    ]);
    expect(chartsOfComparison(['eval/f1', 'train/loss', 'eval/loss']).map(({ id }) => id)).toEqual([
      'eval/loss',
      'eval/f1',
      'train/loss',
    ]);
  });

  it('of a run without figures are the four that will appear first', () => {
    expect(chartsOfRun([]).map(({ title }) => title)).toEqual([
      'Loss',
      'Perplexity',
      'Learning rate',
      'Gradient norm',
    ]);
  });

  it('stand in sections, in the order that the user made', () => {
    const order = moved(charts, 'perplexity', 'loss');
    const sections = arrange(charts, order, null);
    expect(sections.map(({ id }) => id)).toEqual(['main', 'system', 'eval']);
    expect(sections[0]!.charts.map(({ id }) => id)).toEqual([
      'perplexity',
      'loss',
      'eval/bleu',
      'train/grad_norm',
    ]);
  });

  it('are found by a regular expression over keys and titles, or by what is none taken as it is', () => {
    const found = (text: string): string[] =>
      arrange(charts, [], filterOf(text)).flatMap((section) => section.charts.map(({ id }) => id));
    expect(found('^eval/')).toEqual(['loss', 'perplexity', 'eval/bleu', 'eval/chrf']);
    expect(found('grad|memory')).toEqual(['train/grad_norm', 'system/memory_bytes']);
    expect(found('(')).toEqual([]);
  });

  it('leave as CSV, with names that no spreadsheet takes for a formula', () => {
    const named = runOf(
      points([2], () => ({ 'train/loss': 0.5 })),
      { name: '=cmd,"x"' },
    );
    expect(chartCsv(loss, [named]).split('\n')[1]).toBe(
      `"'=cmd,""x""",train/loss,2,0.2,2023-11-14T22:13:20.100Z,0.5,0.5,0.5`,
    );
  });
});
