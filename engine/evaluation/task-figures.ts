// What the evaluation of a task on examples gives: figures by name, and each example with what became of it.

import { scoreClasses } from '../metrics/classification.ts';
import { perplexity } from '../metrics/perplexity.ts';
import type { BatchFigures, ClassDecision } from './evaluate-batches.ts';
import { scoreTexts } from './score-texts.ts';
import type { TextMetric, TextMetricOptions } from './text-metrics.ts';
import type { WrittenPair } from './write-pairs.ts';

/** Figures by their names on disk, such as `token_accuracy`. */
export type Figures = Readonly<Partial<Record<FigureName, number>>>;

export type FigureName =
  | 'loss'
  | 'perplexity'
  | 'token_accuracy'
  | 'accuracy'
  | 'precision'
  | 'recall'
  | 'f1'
  | 'bleu'
  | 'chrf'
  | 'rouge1'
  | 'rouge2'
  | 'rougeL'
  | 'exact_match';

/** An example with what the model made of it, and a score from 0 to 1. */
export interface FiguredExample extends WrittenPair {
  readonly index: number;
  readonly score: number;
}

export interface TaskFigures {
  readonly metrics: Figures;
  readonly signatures: Readonly<Record<string, string>>;
  readonly confusion: {
    readonly labels: readonly string[];
    readonly counts: readonly (readonly number[])[];
  } | null;
  readonly examples: readonly FiguredExample[];
}

/** The figures of written texts, by the metric that computes each. */
export const textFigures: Readonly<Partial<Record<FigureName, TextMetric>>> = {
  bleu: 'bleu',
  chrf: 'chrf',
  rouge1: 'rouge1',
  rouge2: 'rouge2',
  rougeL: 'rougeL',
  exact_match: 'exactMatch',
};

/** The figures of predicted targets alone. */
export function lossFigures({ loss, accuracy }: BatchFigures): Figures {
  return {
    loss,
    perplexity: perplexity(loss),
    ...(accuracy === null ? {} : { token_accuracy: accuracy }),
  };
}

/** Of a classifier: `texts[i]` is what decision i was made on. */
export function classFigures(
  loss: number,
  decisions: readonly ClassDecision[],
  labels: readonly string[],
  texts: readonly string[],
): TaskFigures {
  const scores = scoreClasses(
    decisions.map(({ target }) => target),
    decisions.map(({ predicted }) => predicted),
    [...labels.keys()],
  );
  const { precision, recall, f1 } = scores.macro;
  return {
    metrics: { loss, accuracy: scores.accuracy, precision, recall, f1 },
    signatures: {},
    confusion: { labels, counts: scores.confusion },
    examples: decisions.map(({ target, predicted }, index) => ({
      index,
      input: texts[index]!,
      target: labels[target]!,
      output: labels[predicted]!,
      score: target === predicted ? 1 : 0,
    })),
  };
}

/** Of written texts beside their references. */
export function writtenFigures(
  pairs: readonly WrittenPair[],
  figures: Figures,
  options: TextMetricOptions,
): TaskFigures {
  const { scores, signatures, examples } = scoreTexts(
    pairs.map(({ input, target, output }) => ({ source: input, references: [target], output })),
    options,
  );
  const names = Object.entries(textFigures) as [FigureName, TextMetric][];
  const score = new Map(examples.map((example) => [example.index, example.scores.chrf / 100]));
  return {
    metrics: { ...figures, ...Object.fromEntries(names.map(([name, metric]) => [name, scores[metric]])) },
    signatures: Object.fromEntries(
      names.flatMap(([name, metric]) => (signatures[metric] ? [[name, signatures[metric]]] : [])),
    ),
    confusion: null,
    examples: pairs.map((pair, index) => ({ ...pair, index, score: score.get(index)! })),
  };
}
