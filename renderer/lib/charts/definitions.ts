// Which charts there are for the metric keys that exist. A key that nobody foresaw gets a chart of its own, so
// that a new metric needs no change here.

import {
  formatBytes,
  formatFixed,
  formatInteger,
  formatLearningRate,
  formatPerplexity,
  formatTick,
} from '../format.ts';
import { metricOfKey, taskMetrics } from '../task-metrics.ts';

/** One line that a chart draws for each run. */
export interface LineDefinition {
  readonly key: string;
  /** "train" or "validation" where a chart has both. */
  readonly name: string;
  readonly role: 'train' | 'eval';
  /** Draws e to the value: a perplexity from a loss. */
  readonly isExponential: boolean;
  /** Few exact points are never smoothed. */
  readonly isSmoothed: boolean;
}

export interface ChartDefinition {
  readonly id: string;
  readonly title: string;
  /** The part of the key before the slash: charts of one section stand together. */
  readonly section: string;
  readonly lines: readonly LineDefinition[];
  readonly isLogarithmic: boolean;
  readonly isFromZero: boolean;
  readonly format: (value: number) => string;
  /** A label of the vertical axis. */
  readonly tick: (value: number) => string;
  /** What no value can be above; null where there is no such thing. */
  readonly ceiling: number | null;
}

const titles: Readonly<Record<string, string>> = {
  'train/loss': 'Train loss',
  'eval/loss': 'Validation loss',
  'eval/perplexity': 'Validation perplexity',
  'train/learning_rate': 'Learning rate',
  'train/grad_norm': 'Gradient norm',
  'perf/tokens_per_second': 'Tokens per second',
  'system/memory_bytes': 'Memory',
};

/** What the sections are called. */
export const sectionTitles: Readonly<Record<string, string>> = {
  main: 'Learning',
  train: 'Training',
  eval: 'Validation',
  perf: 'Speed',
  system: 'This computer',
};

const loss3 = (value: number): string => formatFixed(value, 3);

/** Train and validation together, as on a run's own page. */
const together: readonly ChartDefinition[] = [
  {
    id: 'loss',
    title: 'Loss',
    section: 'main',
    lines: [lineOf('train/loss', 'train'), lineOf('eval/loss', 'validation')],
    isLogarithmic: false,
    isFromZero: false,
    format: loss3,
    tick: formatTick,
    ceiling: null,
  },
  {
    id: 'perplexity',
    title: 'Perplexity',
    section: 'main',
    lines: [
      { ...lineOf('train/loss', 'train'), isExponential: true },
      lineOf('eval/perplexity', 'validation'),
    ],
    isLogarithmic: true,
    isFromZero: false,
    format: formatPerplexity,
    tick: formatTick,
    ceiling: null,
  },
];

/** What stands beside loss and perplexity on a run's own page. */
const beside = ['train/learning_rate', 'train/grad_norm'];
/** What a task is measured by stands there too, where there are figures. */
const measured = taskMetrics.map(({ key }) => key);

/**
 * The charts of one run's own page: loss, perplexity, learning rate and gradient norm first, then every other key
 * that has figures. Before there are any figures all four stand there and say what will appear.
 */
export function chartsOfRun(keys: readonly string[]): ChartDefinition[] {
  const taken = new Set([
    ...together.flatMap(({ lines }) => lines.map(({ key }) => key)),
    ...measured,
    ...beside,
  ]);
  const shown = beside.filter((key) => keys.length === 0 || keys.includes(key));
  return [
    ...together,
    ...measured.filter((key) => keys.includes(key)).map((key) => ({ ...chartOfKey(key), section: 'main' })),
    ...shown.map((key) => ({ ...chartOfKey(key), section: 'main' })),
    ...keys.filter((key) => !taken.has(key)).map(chartOfKey),
  ];
}

/** The charts that lay runs over each other: one a key, what is measured on held-out data first. */
export function chartsOfComparison(keys: readonly string[]): ChartDefinition[] {
  const first = ['eval/loss', ...measured, 'eval/perplexity', 'train/loss'];
  const rest = keys.filter((key) => !first.includes(key));
  return [...first.filter((key) => keys.includes(key)), ...rest].map((key) =>
    first.includes(key) ? { ...chartOfKey(key), section: 'main' } : chartOfKey(key),
  );
}

function chartOfKey(key: string): ChartDefinition {
  const [section = '', ...rest] = key.split('/');
  const words = rest.join(' ').replaceAll('_', ' ') || section;
  return {
    id: key,
    title: titles[key] ?? metricTitle(key) ?? words.charAt(0).toUpperCase() + words.slice(1),
    section: rest.length > 0 ? section : 'main',
    lines: [lineOf(key, section === 'eval' ? 'validation' : 'train')],
    isLogarithmic: key === 'eval/perplexity',
    isFromZero: /learning_rate|grad_norm|tokens_per_second|bytes/.test(key),
    format: formatOf(key),
    tick: metricOfKey(key)?.tick ?? (key.endsWith('_bytes') ? formatBytes : formatTick),
    ceiling: metricOfKey(key)?.ceiling ?? null,
  };
}

/** Names the direction, which is not that of a loss. */
function metricTitle(key: string): string | undefined {
  const metric = metricOfKey(key);
  return metric && `Validation ${metric.name === 'accuracy' ? 'accuracy' : metric.label} ↑`;
}

function lineOf(key: string, name: string): LineDefinition {
  const isEval = key.startsWith('eval/');
  const isExact = isEval || /learning_rate|bytes|epoch_/.test(key);
  return { key, name, role: isEval ? 'eval' : 'train', isExponential: false, isSmoothed: !isExact };
}

function formatOf(key: string): (value: number) => string {
  const metric = metricOfKey(key);
  if (metric) return metric.words;
  if (key.endsWith('_bytes')) return formatBytes;
  if (key.endsWith('per_second')) return formatInteger;
  if (key.endsWith('learning_rate')) return formatLearningRate;
  if (key.endsWith('perplexity')) return formatPerplexity;
  return loss3;
}
