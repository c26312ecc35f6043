// What the figures of an evaluation are called, how they are written, and what each means in one plain sentence.
// The one table of them for the page; nothing of Vue.

import type { Evaluation, MetricName } from '../../preload/contract.ts';
import { formatChange, formatFixed, formatInteger, formatPerplexity } from './format.ts';

export interface MetricWords {
  readonly label: string;
  readonly help: string;
  readonly words: (value: number) => string;
  /** A difference, with its sign. */
  readonly change: (difference: number) => string;
  readonly isLowBetter: boolean;
}

const share = (value: number): string => `${(value * 100).toFixed(1)}%`;
const shareChange = (difference: number): string => `${formatChange(difference * 100, 1)} points`;
const digits = (count: number) => ({
  words: (value: number): string => formatFixed(value, count),
  change: (difference: number): string => formatChange(difference, count),
});
const shares = { words: share, change: shareChange, isLowBetter: false };
const points = { ...digits(2), isLowBetter: false };

/** In the order in which they are read. */
export const metricWords: Readonly<Record<MetricName, MetricWords>> = {
  bleu: {
    label: 'BLEU',
    help: 'How many runs of one to four words it shares with the reference, from 0 to 100; only comparable by one tokenizer.',
    ...points,
  },
  chrf: {
    label: 'chrF',
    help: 'How many runs of letters it shares with the reference, from 0 to 100; kinder to word endings than BLEU.',
    ...points,
  },
  rouge1: {
    label: 'ROUGE-1',
    help: 'How many single words it shares with the reference, found and kept in balance.',
    ...shares,
  },
  rouge2: {
    label: 'ROUGE-2',
    help: 'How many pairs of neighbouring words it shares with the reference.',
    ...shares,
  },
  rougeL: {
    label: 'ROUGE-L',
    help: 'How long the longest run of words is that stands in both in the same order, gaps allowed.',
    ...shares,
  },
  exact_match: {
    label: 'Exact match',
    help: 'How often it wrote the reference letter by letter.',
    ...shares,
  },
  accuracy: { label: 'Accuracy', help: 'How often it named the right class.', ...shares },
  f1: {
    label: 'F1',
    help: 'Precision and recall in one figure, low if either is low; the mean over the classes, each counted alike.',
    ...shares,
  },
  precision: {
    label: 'Precision',
    help: 'When it names a class, how often it is right; the mean over the classes.',
    ...shares,
  },
  recall: {
    label: 'Recall',
    help: 'Of the examples of a class, how many it finds; the mean over the classes.',
    ...shares,
  },
  perplexity: {
    label: 'Perplexity',
    help: 'Between how many equally likely tokens it hesitates; 1 would be certainty.',
    words: formatPerplexity,
    change: (difference) => formatChange(difference, Math.abs(difference) >= 100 ? 0 : 2),
    isLowBetter: true,
  },
  loss: {
    label: 'Loss',
    help: 'What training lowers: how surprised it is by what is right, in nats.',
    ...digits(4),
    isLowBetter: true,
  },
  bits_per_byte: {
    label: 'Bits per byte',
    help: 'What a byte of the text costs; compares between models with other tokenizers.',
    ...digits(4),
    isLowBetter: true,
  },
  token_accuracy: {
    label: 'Token accuracy',
    help: 'How often the token that it held likeliest was the one that came.',
    ...shares,
  },
  top_k_accuracy: {
    label: 'Top-k accuracy',
    help: 'How often the one that came was among its likeliest.',
    ...shares,
  },
};

const order = Object.keys(metricWords) as MetricName[];

/** The names of those that an evaluation has, in the order in which they are read. */
export function metricNames({ metrics }: Pick<Evaluation, 'metrics'>): MetricName[] {
  return order.filter((name) => metrics[name] !== undefined);
}

/** What a metric is called in an evaluation: the k of top-k accuracy is its own. */
export function metricLabel(name: MetricName, topK: number | null): string {
  return name === 'top_k_accuracy' && topK !== null
    ? `Top-${formatInteger(topK)} accuracy`
    : metricWords[name].label;
}
