// An evaluation in words: its figures with what they mean, what was read and how, a line for lists, and all of it
// to be pasted elsewhere. Nothing of Vue.

import type { Evaluation, MetricName } from '../../preload/contract.ts';
import { countWords } from './dataset-words.ts';
import { formatDuration } from './duration.ts';
import { formatFixed, formatInteger } from './format.ts';
import { metricLabel, metricNames, metricWords } from './metric-words.ts';

export interface EvaluationFigure {
  readonly name: MetricName;
  readonly label: string;
  readonly text: string;
  readonly exact: string;
  readonly help: string;
}

/** All figures, the one that people ask for first in front. */
export function evaluationFigures(evaluation: Evaluation): readonly EvaluationFigure[] {
  return metricNames(evaluation).map((name) => {
    const value = evaluation.metrics[name]!;
    const { words, help } = metricWords[name];
    return {
      name,
      label: metricLabel(name, evaluation.topK),
      text: words(value),
      exact: String(value),
      help,
    };
  });
}

/** How figures were computed, as sacreBLEU prints it: `BLEU|nrefs:1|…`. */
export function signatureLines({ signatures }: Pick<Evaluation, 'signatures'>): readonly string[] {
  return Object.entries(signatures).map(
    ([name, signature]) => `${metricWords[name as MetricName]?.label ?? name}|${signature}`,
  );
}

/** The first two figures in one line: `BLEU 31.20 · chrF 54.10`. */
export function mainFigures(evaluation: Evaluation): string {
  return evaluationFigures(evaluation)
    .slice(0, 2)
    .map(({ label, text }) => `${label} ${text}`)
    .join(' · ');
}

/** What was read, and how. */
export function evaluationScope({ task, tokenCount, exampleCount, length, stride }: Evaluation): string {
  if (task === 'classify') return countWords(exampleCount, 'example');
  if (task !== 'text') return `${countWords(exampleCount, 'example')}, ${countWords(tokenCount, 'token')}`;
  const tokens = `${formatInteger(tokenCount)} tokens, each once, in windows of ${formatInteger(length)}`;
  if (stride === length) return `${tokens} side by side`;
  return `${tokens} that begin every ${formatInteger(stride)}`;
}

/** How long it took. */
export function tookWords({ durationMs }: Pick<Evaluation, 'durationMs'>): string {
  return durationMs < 60_000 ? `${formatFixed(durationMs / 1_000, 1)} s` : formatDuration(durationMs);
}

/** What overlapping windows bring and cost. */
export function strideWords(length: number, stride: number): string {
  const context = formatInteger(length - stride);
  const times = formatFixed(length / stride, stride * 10 > length ? 1 : 0);
  return `Each token then has at least ${context} tokens before it; it takes about ${times} times as long.`;
}

/** All of it as lines to be pasted elsewhere, with the exact figures. */
export function evaluationText(evaluation: Evaluation): string {
  return [
    `${evaluation.label} on ${evaluation.datasetName}`,
    ...evaluationFigures(evaluation).map(({ label, exact }) => `${label}: ${exact}`),
    ...signatureLines(evaluation),
    `Over ${evaluationScope(evaluation)}`,
    '',
  ].join('\n');
}
