// Turns a histogram of lengths into ECharts' option: bars that touch, labelled where they begin. Draws nothing.

import type { EChartsCoreOption } from 'echarts/core';
import type { DatasetStatistics } from '../../../preload/contract.ts';
import type { ChartColours } from '../../composables/useChartColours.ts';
import { formatTick } from '../../lib/format.ts';

/** Places of the plot inside its card, in pixels. */
export const lengthGrid = { left: 56, right: 20, top: 12, bottom: 26 } as const;

/** The whole option; the bar at `lifted` stands out. */
export function lengthChartOption(
  { edges, counts }: DatasetStatistics['lengths'],
  colours: ChartColours,
  lifted: number | null,
): EChartsCoreOption {
  const label = { color: colours.faint, fontFamily: colours.mono, fontSize: 11, hideOverlap: true };
  return {
    animation: false,
    grid: { ...lengthGrid, outerBoundsMode: 'none' },
    xAxis: {
      type: 'category',
      data: counts.map((_, index) => formatTick(edges[index]!)),
      axisLine: { lineStyle: { color: colours['line-strong'] } },
      axisTick: { show: false },
      axisLabel: label,
    },
    yAxis: {
      type: 'value',
      splitNumber: 4,
      minInterval: 1,
      axisLine: { show: false },
      axisTick: { show: false },
      splitLine: { lineStyle: { color: colours.line, width: 1 } },
      axisLabel: { ...label, formatter: formatTick },
    },
    series: [
      {
        type: 'bar',
        silent: true,
        barCategoryGap: '12%',
        data: counts.map((value, index) => ({
          value,
          itemStyle: { color: index === lifted ? colours.text : colours.eval },
        })),
      },
    ],
  };
}
