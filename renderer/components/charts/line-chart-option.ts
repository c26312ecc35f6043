// Turns curves and marks into ECharts' option: one grid, one axis, the look's colours. Draws nothing.

import type { EChartsCoreOption } from 'echarts/core';
import type { ChartColours } from '../../composables/useChartColours.ts';
import { isMaxCrowded, stepInterval, timeInterval } from '../../lib/axis.ts';
import type { ChartMark, Range } from '../../lib/charts/chart-run.ts';
import type { Curve } from '../../lib/charts/curves.ts';
import { sidesOfMarks } from '../../lib/charts/marks.ts';
import { thinned } from '../../lib/charts/thinned.ts';
import { xTick, type XAxis } from '../../lib/charts/x-axis.ts';
import { colourName } from './curve-colours.ts';

/** A mark at its place on the axis. */
export interface PlacedMark extends Omit<ChartMark, 'step'> {
  readonly x: number;
}

export interface LineChartInput {
  readonly curves: readonly Curve[];
  readonly marks: readonly PlacedMark[];
  readonly colours: ChartColours;
  readonly axis: XAxis;
  readonly xRange: Range;
  /** Null lets the values decide. */
  readonly yRange: Range | null;
  readonly isLogarithmic: boolean;
  readonly isFromZero: boolean;
  /** A label of the vertical axis. */
  readonly tick: (value: number) => string;
  /** Width of the plot, in pixels. */
  readonly plotWidth: number;
  /** The curve that stands out, by id; null for none. */
  readonly liftedId: string | null;
}

/** Places of the plot inside its card, in pixels; the same in every chart, so that their axes line up. */
export const chartGrid = { left: 56, right: 20, top: 12, bottom: 26 } as const;

/** Room for one label and the space beside it; and no more labels than this, however wide the plot. */
const pixelsPerLabel = 48;
const mostLabels = 14;
/** How faint what was measured is behind what is smoothed; of buckets it fills the room between their ends. */
const raw = { opacity: 0.32, ofBuckets: 0.1 } as const;

/** The whole option; give it with `notMerge`, so that lines that are gone go. */
export function lineChartOption(input: LineChartInput): EChartsCoreOption {
  const { curves, colours, yRange, isLogarithmic, isFromZero } = input;
  const label = { color: colours.faint, fontFamily: colours.mono, fontSize: 11 };
  return {
    animation: false,
    grid: { ...chartGrid, outerBoundsMode: 'none' },
    xAxis: xAxisOf(input, label),
    yAxis: [
      {
        ...(isLogarithmic ? { type: 'log', logBase: 2 } : { type: 'value', scale: !isFromZero }),
        ...(yRange ? { min: yRange.from, max: yRange.to } : {}),
        splitNumber: 4,
        axisLine: { show: false },
        axisTick: { show: false },
        splitLine: { lineStyle: { color: colours.line, width: 1 } },
        axisLabel: {
          ...label,
          formatter: input.tick,
          hideOverlap: true,
          showMinLabel: !yRange || isLogarithmic,
        },
      },
      // Marks at the foot of the plot stand on an axis of their own, whatever the values do.
      { type: 'value', min: 0, max: 1, show: false },
    ],
    series: [
      ...curves.flatMap((curve) => [
        ...(curve.rawPoints.length > 0 ? [rawSeries(curve, input)] : []),
        mainSeries(curve, input),
      ]),
      markSeries(input),
    ],
  };
}

function xAxisOf({ axis, xRange, plotWidth }: LineChartInput, label: object): object {
  const mostStretches = Math.max(2, Math.min(mostLabels, Math.floor(plotWidth / pixelsPerLabel)));
  const span = xRange.to - xRange.from;
  const isCount = (axis === 'step' || axis === 'tokens') && xRange.from === 0;
  const distance = isCount
    ? { interval: stepInterval(xRange.to, mostStretches) }
    : axis === 'relative'
      ? { interval: timeInterval(span, mostStretches / 1.3) }
      : { splitNumber: Math.max(2, Math.floor(mostStretches / 1.8)) };
  return {
    type: axis === 'wall' ? 'time' : 'value',
    min: xRange.from,
    max: xRange.to,
    ...distance,
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { show: false },
    axisLabel: {
      ...label,
      formatter: (x: number) => xTick(axis, x, span),
      hideOverlap: true,
      showMinLabel: xRange.from === 0,
      showMaxLabel: isCount && !isMaxCrowded(xRange.to, mostStretches),
    },
  };
}

/** How much of a curve is seen: others step back behind one that is lifted, ancestors always do. */
function opacityOf({ id, run }: Curve, liftedId: string | null): number {
  if (liftedId !== null) return id === liftedId ? 1 : 0.25;
  return run.isAncestor ? 0.4 : 1;
}

/** What the plot shows of the points, as ECharts takes them without copying each one; a gap is NaN. */
function flat(whole: Curve['points'], { xRange, plotWidth }: LineChartInput): Float64Array {
  const points = thinned(whole, xRange, plotWidth);
  const values = new Float64Array(2 * points.length);
  points.forEach(([x, y], index) => {
    values[2 * index] = x;
    values[2 * index + 1] = y ?? Number.NaN;
  });
  return values;
}

function rawSeries(curve: Curve, input: LineChartInput): object {
  const { colours, liftedId } = input;
  const color = colours[colourName(curve)];
  return {
    type: 'line',
    data: flat(curve.rawPoints, input),
    dimensions: ['x', 'y'],
    silent: true,
    symbol: 'none',
    // Else a symbol is compared for every point at each drawing, though none is drawn.
    showSymbol: false,
    lineStyle: {
      color,
      width: 1,
      opacity: (curve.isReduced ? raw.ofBuckets : raw.opacity) * opacityOf(curve, liftedId),
    },
    z: 1,
  };
}

function mainSeries(curve: Curve, input: LineChartInput): object {
  const { colours, liftedId } = input;
  const { run, points, hasRings, bestX, id } = curve;
  const color = colours[colourName(curve)];
  const opacity = opacityOf(curve, liftedId);
  const isBold = run.isLive || id === liftedId;
  const best = bestX === null ? undefined : points.find(([x]) => x === bestX);
  return {
    type: 'line',
    id,
    data: flat(points, input),
    dimensions: ['x', 'y'],
    silent: true,
    connectNulls: false,
    symbol: hasRings ? 'circle' : 'none',
    showSymbol: hasRings,
    showAllSymbol: true,
    symbolSize: 7,
    itemStyle: { color: colours.surface, borderColor: color, borderWidth: 1.6, opacity },
    lineStyle: {
      color,
      width: isBold ? 2.4 : 1.8,
      opacity,
      join: 'round',
      type: run.isBaseline ? [6, 4] : 'solid',
    },
    z: isBold ? 4 : run.isAncestor ? 2 : 3,
    ...(best ? { markPoint: bestMarkOf(best, color) } : {}),
  };
}

function bestMarkOf(best: Curve['points'][number], color: string): object {
  return {
    silent: true,
    symbol: 'diamond',
    symbolSize: 12,
    label: { show: false },
    itemStyle: { color },
    data: [{ coord: [...best] }],
  };
}

/** Upright lines where something happened, and a small diamond at the foot for each checkpoint. */
function markSeries({ marks, colours, xRange, plotWidth }: LineChartInput): object {
  const saved = marks.filter(({ kind }) => kind === 'checkpoint');
  const happened = marks.filter(({ kind }) => kind !== 'checkpoint');
  const sides = sidesOfMarks(happened, xRange, plotWidth);
  return {
    type: 'line',
    yAxisIndex: 1,
    data: saved.map(({ x }) => [x, 0]),
    silent: true,
    symbol: 'diamond',
    showSymbol: true,
    showAllSymbol: true,
    symbolSize: 8,
    clip: false,
    itemStyle: { color: colours.surface, borderColor: colours.muted, borderWidth: 1.2 },
    lineStyle: { width: 0, opacity: 0 },
    z: 5,
    markLine: {
      silent: true,
      symbol: 'none',
      data: happened.map(({ x, label, kind }, index) => ({
        xAxis: x,
        lineStyle: {
          color: kind === 'trouble' ? colours.warn : colours['line-strong'],
          type: 'dashed',
          width: 1,
        },
        label: {
          show: sides[index] !== 'none',
          color: kind === 'trouble' ? colours.warn : colours.faint,
          fontFamily: colours.mono,
          fontSize: 11,
          formatter: label,
          position: 'insideEndTop',
          rotate: 0,
          align: sides[index] === 'before' ? 'right' : 'left',
          distance: [-4, 0],
          // Hides the grid line behind the word.
          backgroundColor: colours.surface,
          padding: [1, 4],
        },
      })),
    },
  };
}
