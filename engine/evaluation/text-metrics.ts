// What is measured of texts against references: one row a metric, from which scores, per-example scores and
// comparisons are derived. Must not read, generate or sort anything.

import { bleuOfSums, bleuSignature, bleuStatistics, type BleuOptions } from '../metrics/bleu.ts';
import { chrfOfSums, chrfSignature, chrfStatistics, type ChrfOptions } from '../metrics/chrf.ts';
import { isExactMatch, type ExactMatchOptions } from '../metrics/exact-match.ts';
import { rougeScore, type RougeOptions, type RougeType } from '../metrics/rouge.ts';
import type { SignedBootstrap } from '../metrics/signature.ts';
import { meanOfSums, valueStatistics, type Statistics } from '../metrics/statistics.ts';

/** The settings of all text metrics; what each leaves out is as in the program it is held against. */
export interface TextMetricOptions
  extends
    Omit<BleuOptions, 'effectiveOrder'>,
    Omit<ChrfOptions, 'wordOrder'>,
    RougeOptions,
    ExactMatchOptions {}

export interface TextMetricDescription {
  readonly label: string;
  /** The best score: 100 for BLEU and chrF, 1 for the others, as their programs print them. */
  readonly maximum: 1 | 100;
  /** Of one output; their sums over examples give the score of all. */
  readonly statistics: (
    output: string,
    references: readonly string[],
    options: TextMetricOptions,
  ) => Statistics;
  readonly scoreOf: (sums: Statistics, options: TextMetricOptions) => number;
  /** Where one example is scored otherwise than many. */
  readonly scoreOfOne?: (statistics: Statistics, options: TextMetricOptions) => number;
  /** What the score depends on, as sacreBLEU writes it. */
  readonly signature?: (
    referenceCount: number | 'var',
    options: TextMetricOptions,
    bootstrap?: SignedBootstrap,
  ) => string;
}

function chrfMetric(label: string, wordOrder: 0 | 2): TextMetricDescription {
  return {
    label,
    maximum: 100,
    statistics: (output, references, options) =>
      chrfStatistics(output, references, { ...options, wordOrder }),
    scoreOf: chrfOfSums,
    signature: (count, options, bootstrap) => chrfSignature(count, { ...options, wordOrder }, bootstrap),
  };
}

function rougeMetric(label: string, type: RougeType): TextMetricDescription {
  return {
    label,
    maximum: 1,
    statistics: (output, references, options) =>
      valueStatistics(rougeScore(type, output, references, options).fmeasure),
    scoreOf: meanOfSums,
  };
}

export const textMetrics = {
  bleu: {
    label: 'BLEU',
    maximum: 100,
    statistics: bleuStatistics,
    scoreOf: (sums, options) => bleuOfSums(sums, options).score,
    scoreOfOne: (sums, options) => bleuOfSums(sums, { ...options, effectiveOrder: true }).score,
    signature: bleuSignature,
  },
  chrf: chrfMetric('chrF', 0),
  chrfPlusPlus: chrfMetric('chrF++', 2),
  rouge1: rougeMetric('ROUGE-1', 'rouge1'),
  rouge2: rougeMetric('ROUGE-2', 'rouge2'),
  rougeL: rougeMetric('ROUGE-L', 'rougeL'),
  rougeLsum: rougeMetric('ROUGE-Lsum', 'rougeLsum'),
  exactMatch: {
    label: 'Exact match',
    maximum: 1,
    statistics: (output, references, options) =>
      valueStatistics(isExactMatch(output, references, options) ? 1 : 0),
    scoreOf: meanOfSums,
  },
} as const satisfies Record<string, TextMetricDescription>;

export type TextMetric = keyof typeof textMetrics;

/** All text metrics, in the order in which they are shown. */
export const textMetricNames = Object.keys(textMetrics) as readonly TextMetric[];

/** A metric by its name, with what only some have. */
export function textMetric(name: TextMetric): TextMetricDescription {
  return textMetrics[name];
}

/** A value for each of some metrics. */
export function byTextMetric<Name extends TextMetric, Value>(
  names: readonly Name[],
  valueOf: (name: Name) => Value,
): Record<Name, Value> {
  return Object.fromEntries(names.map((name) => [name, valueOf(name)])) as Record<Name, Value>;
}
