// In which order and sections the charts of a page stand, and which are looked for.

import { sectionTitles, type ChartDefinition } from './definitions.ts';

/** What was chosen for one chart; what was not chosen is as the chart is made. */
export interface ChartLook {
  readonly isLogarithmic?: boolean;
  readonly ignoresOutliers?: boolean;
}

/** What a page remembers of its charts. */
export interface Arrangement {
  readonly order?: readonly string[];
  readonly perRow?: string;
  readonly filter?: string;
  /** By the chart's id. */
  readonly looks?: Readonly<Record<string, ChartLook>>;
}

export interface ChartSection {
  readonly id: string;
  readonly title: string;
  readonly charts: readonly ChartDefinition[];
}

/** Charts in sections; `order` lists ids that were moved, `filter` is a regular expression over keys and titles. */
export function arrange(
  charts: readonly ChartDefinition[],
  order: readonly string[],
  filter: RegExp | null,
): ChartSection[] {
  const rank = (id: string): number => {
    const at = order.indexOf(id);
    return at < 0 ? order.length : at;
  };
  const wanted = charts
    .filter(({ title, lines }) => !filter || filter.test(title) || lines.some(({ key }) => filter.test(key)))
    .map((chart, index) => ({ chart, index }))
    .sort((a, b) => rank(a.chart.id) - rank(b.chart.id) || a.index - b.index)
    .map(({ chart }) => chart);
  const sections = new Map<string, ChartDefinition[]>();
  for (const { section } of charts) sections.set(section, []);
  for (const chart of wanted) sections.get(chart.section)!.push(chart);
  return [...sections]
    .filter(([, group]) => group.length > 0)
    .map(([id, group]) => ({ id, title: sectionTitles[id] ?? id, charts: group }));
}

/** The order after a chart was moved to the place of another of its section. */
export function moved(charts: readonly ChartDefinition[], id: string, toId: string): string[] {
  const ids = charts.map((chart) => chart.id);
  const to = ids.indexOf(toId);
  if (!ids.includes(id) || to < 0) return ids;
  const rest = ids.filter((one) => one !== id);
  rest.splice(to, 0, id);
  return rest;
}

/** A regular expression from what was typed, or null when it is empty; what is no expression is taken literally. */
export function filterOf(text: string): RegExp | null {
  if (text.trim() === '') return null;
  try {
    return new RegExp(text, 'i');
  } catch {
    return new RegExp(text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'i');
  }
}
