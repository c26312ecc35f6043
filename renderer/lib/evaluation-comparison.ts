// Two evaluations beside each other: their figures, and in words whether chance explains how far they are apart.
// Nothing of Vue.

import type { CallOutput, Evaluation, MetricName } from '../../preload/contract.ts';
import { resampledMetrics } from './evaluation-tasks.ts';
import { formatInteger, unknown } from './format.ts';
import { metricLabel, metricNames, metricWords } from './metric-words.ts';
import type { ComparedFigure } from './model-comparison.ts';

type Comparison = CallOutput<'evaluation.compare'>;
type Pair = readonly [Evaluation, Evaluation];

/** What the two are called: two of one model are told apart by their age. */
export function pairNames([first, second]: Pair): [string, string] {
  if (first.label !== second.label) return [first.label, second.label];
  const isFirstOlder = first.createdAtMs <= second.createdAtMs;
  const [older, newer] = [`${first.label} (earlier)`, `${first.label} (later)`];
  return isFirstOlder ? [older, newer] : [newer, older];
}

/** Every figure that one of the two has; none is called the better where they were measured otherwise. */
export function comparedMetrics(pair: Pair): ComparedFigure[] {
  const [first, second] = pair;
  const isFair = measuredOtherwise(pair) === null;
  const names = metricNames({ metrics: { ...first.metrics, ...second.metrics } });
  return names.map((name) => {
    const { words, change, isLowBetter } = metricWords[name];
    const values = pair.map(({ metrics }) => metrics[name]);
    const [a, b] = values;
    const isBoth = a !== undefined && b !== undefined;
    const isApart = isBoth && isFair && a !== b;
    return {
      label: metricLabel(name, first.topK === second.topK ? first.topK : null),
      words: values.map((value) => (value === undefined ? unknown : words(value))),
      exact: values.map((value) => (value === undefined ? undefined : String(value))),
      change: isBoth ? change(b - a) : '',
      best: isApart ? (a < b === isLowBetter ? 0 : 1) : null,
    };
  });
}

/** The figures by which the two can be told from chance. */
export function chanceMetrics([first, second]: Pair): MetricName[] {
  if (first.task !== second.task) return [];
  return resampledMetrics(first.task).filter(
    (name) => first.metrics[name] !== undefined && second.metrics[name] !== undefined,
  );
}

/** Why the figures cannot be held against each other as they are, or null. */
export function measuredOtherwise([first, second]: Pair): string | null {
  if (first.task !== second.task) return 'They are evaluations of different tasks.';
  if (first.datasetName !== second.datasetName || first.datasetId !== second.datasetId)
    return 'They were measured on different datasets.';
  if (first.exampleCount !== second.exampleCount || first.tokenCount !== second.tokenCount)
    return 'They were measured on different parts or amounts of the data, or cut it into different tokens.';
  if (first.task === 'text' && (first.stride !== second.stride || first.length !== second.length))
    return 'They were read in different windows, which moves the figures by itself.';
  return null;
}

/** A chance in plain numbers: `3 of 100`, `4 of 1,000`. */
export function chanceWords(pValue: number): string {
  const perHundred = Math.round(pValue * 100);
  if (perHundred >= 2) return `${perHundred} of 100`;
  const perThousand = Math.round(pValue * 1_000);
  return perThousand >= 2 ? `${perThousand} of 1,000` : 'at most 1 of 1,000';
}

export interface ChanceVerdict {
  readonly title: string;
  readonly text: string;
}

/** What the bootstrap says; of equal scores it claims nothing. */
export function chanceVerdict(
  { metric, scores, pValue, exampleCount }: Comparison,
  pair: Pair,
): ChanceVerdict {
  const names = pairNames(pair);
  const [a, b] = scores.map(({ value }) => value) as [number, number];
  const { label, change, isLowBetter } = metricWords[metric];
  const over = `${formatInteger(exampleCount)} ${exampleCount === 1 ? 'example' : 'examples'}`;
  if (a === b)
    return {
      title: `The same ${label}`,
      text: `Both have the same score over ${over}: there is no difference to explain.`,
    };
  const better = names[a < b === isLowBetter ? 0 : 1];
  const apart = change(Math.abs(b - a)).slice(1);
  const chance = `A difference this large would come by chance in ${chanceWords(pValue)} resamplings of the ${over}.`;
  if (pValue < 0.05) return { title: `${better} is better by ${apart}, hardly by chance`, text: chance };
  return {
    title: `${better} is ahead by ${apart}, but chance could explain it`,
    text: `${chance} More examples would tell.`,
  };
}
