// The figures of an evaluation in words: value, exact value, and one line that says what it means. Nothing of Vue.

import type { Evaluation } from '../../preload/contract.ts';
import { formatFixed, formatInteger, formatPerplexity } from './format.ts';

export interface EvaluationFigure {
  readonly label: string;
  readonly text: string;
  readonly exact: string;
  readonly help: string;
}

const share = (value: number): string => `${(value * 100).toFixed(1)}%`;

/** All figures, the one that people ask for first in front. */
export function evaluationFigures(evaluation: Evaluation): readonly EvaluationFigure[] {
  const { loss, perplexity, bitsPerByte, tokenAccuracy, topKAccuracy, topK } = evaluation;
  return [
    {
      label: 'Perplexity',
      text: formatPerplexity(perplexity),
      exact: String(perplexity),
      help: 'Between how many equally likely tokens it hesitates; 1 would be certainty.',
    },
    {
      label: 'Loss',
      text: formatFixed(loss, 4),
      exact: String(loss),
      help: 'The logarithm of the perplexity, in nats a token: what training lowers.',
    },
    {
      label: 'Bits per byte',
      text: formatFixed(bitsPerByte, 4),
      exact: String(bitsPerByte ?? ''),
      help: 'What a byte of the text costs; compares between models with other tokenizers.',
    },
    {
      label: 'Accuracy',
      text: share(tokenAccuracy),
      exact: String(tokenAccuracy),
      help: 'How often the token that it held likeliest was the one that came.',
    },
    {
      label: `Top-${topK} accuracy`,
      text: share(topKAccuracy),
      exact: String(topKAccuracy),
      help: `How often the one that came was among its ${formatInteger(topK)} likeliest.`,
    },
  ];
}

/** What was read, and how. */
export function evaluationScope({ tokenCount, length, stride }: Evaluation): string {
  const tokens = `${formatInteger(tokenCount)} tokens, each once, in windows of ${formatInteger(length)}`;
  if (stride === length) return `${tokens} side by side`;
  return `${tokens} that begin every ${formatInteger(stride)}`;
}

/** What overlapping windows bring and cost. */
export function strideWords(length: number, stride: number): string {
  const context = formatInteger(length - stride);
  const times = formatFixed(length / stride, stride * 10 > length ? 1 : 0);
  return `Each token then has at least ${context} tokens before it; it takes about ${times} times as long.`;
}

/** All of it as lines to be pasted elsewhere, with the exact figures. */
export function evaluationText(model: string, datasetName: string, evaluation: Evaluation): string {
  return [
    `${model} on ${datasetName}`,
    ...evaluationFigures(evaluation).map(({ label, exact }) => `${label}: ${exact || 'none'}`),
    `Over ${evaluationScope(evaluation)}`,
    '',
  ].join('\n');
}
