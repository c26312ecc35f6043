// Turns lines and marks into ECharts' option: one grid, one step axis, the look's colours. Draws nothing.

import type { EChartsCoreOption } from 'echarts/core';
import type { ChartColours } from '../composables/useChartColours.ts';
import type { ChartLine, ChartMarks } from '../lib/chart-lines.ts';
import { isMaxCrowded, stepInterval } from '../lib/axis.ts';
import { formatTick } from '../lib/format.ts';

export interface LineChartInput {
  readonly lines: readonly ChartLine[];
  readonly marks: ChartMarks;
  readonly colours: ChartColours;
  /** Last step of the axis. */
  readonly xMax: number;
  /** Powers of two for a logarithmic axis, null for a linear one. */
  readonly logRange: readonly [number, number] | null;
  /** How many stretches between labels the step axis has room for. */
  readonly mostStretches: number;
  /** Whether a linear axis begins at zero. */
  readonly fromZero: boolean;
}

/** Places of the plot inside its card, in pixels; the same in every chart, so that their axes line up. */
export const chartGrid = { left: 56, right: 20, top: 12, bottom: 26 } as const;

/** The whole option; give it with `notMerge`, so that lines that are gone go. */
export function lineChartOption({
  lines,
  marks,
  colours,
  xMax,
  logRange,
  mostStretches,
  fromZero,
}: LineChartInput): EChartsCoreOption {
  const label = { color: colours.faint, fontFamily: colours.mono, fontSize: 11 };
  const split = { lineStyle: { color: colours.line, width: 1 } };
  return {
    animation: false,
    grid: { ...chartGrid, outerBoundsMode: 'none' },
    xAxis: {
      type: 'value',
      min: 0,
      max: xMax,
      interval: stepInterval(xMax, mostStretches),
      axisLine: { show: false },
      axisTick: { show: false },
      splitLine: { show: false },
      axisLabel: {
        ...label,
        formatter: formatTick,
        hideOverlap: true,
        showMaxLabel: !isMaxCrowded(xMax, mostStretches),
      },
    },
    yAxis: {
      ...(logRange
        ? { type: 'log', logBase: 2, min: logRange[0], max: logRange[1] }
        : { type: 'value', scale: !fromZero }),
      splitNumber: 4,
      axisLine: { show: false },
      axisTick: { show: false },
      splitLine: split,
      axisLabel: { ...label, formatter: formatTick, hideOverlap: true },
    },
    series: lines.map((line, index) => ({
      ...seriesOf(line, colours),
      ...(index === 0 ? { markLine: markLineOf(marks, colours) } : {}),
    })),
  };
}

function seriesOf(line: ChartLine, colours: ChartColours): object {
  const color = colours[line.role];
  return {
    type: 'line',
    name: line.name,
    data: line.points,
    silent: true,
    symbol: line.hasRings ? 'circle' : 'none',
    showSymbol: line.hasRings,
    showAllSymbol: true,
    symbolSize: 7,
    itemStyle: { color: colours.surface, borderColor: color, borderWidth: 1.6 },
    lineStyle: { color, width: line.isFaint ? 1 : 1.8, opacity: line.isFaint ? 0.32 : 1, join: 'round' },
    z: line.isFaint ? 1 : 2,
    ...(line.bestX === null ? {} : { markPoint: bestMarkOf(line, color) }),
  };
}

function bestMarkOf({ points, bestX }: ChartLine, color: string): object {
  const best = points.find(([x]) => x === bestX);
  return {
    silent: true,
    symbol: 'diamond',
    symbolSize: 12,
    label: { show: false },
    itemStyle: { color },
    data: best ? [{ coord: [...best] }] : [],
  };
}

function markLineOf({ verticals, horizontals }: ChartMarks, colours: ChartColours): object {
  const label = { color: colours.faint, fontFamily: colours.mono, fontSize: 11 };
  return {
    silent: true,
    symbol: 'none',
    lineStyle: { color: colours['line-strong'], type: 'dashed', width: 1 },
    data: [
      ...verticals.map(({ x, label: text }) => ({
        xAxis: x,
        label: {
          ...label,
          formatter: text,
          position: 'insideEndTop',
          rotate: 0,
          align: 'left',
          distance: [-4, 0],
          // Hides the grid line behind the word.
          backgroundColor: colours.surface,
          padding: [1, 4],
        },
      })),
      ...horizontals.map(({ y, label: text }) => ({
        yAxis: y,
        label: { ...label, formatter: text, position: 'insideEndTop' },
      })),
    ],
  };
}
