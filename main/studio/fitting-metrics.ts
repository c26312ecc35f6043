// Which figures there are for each task, and how one that there is not is refused. The engine measures; this only
// names.

import { EngineError, tasks, type Task } from '../../engine/index.ts';
import type { MetricName } from '../../preload/contract.ts';

const written = ['bleu', 'chrf', 'rouge1', 'rouge2', 'rougeL', 'exact_match'] as const;
const predicted = ['loss', 'perplexity', 'token_accuracy'] as const;

/** The figures of each task, in the order in which they are shown. */
export const fittingMetrics: Readonly<Record<Task, readonly MetricName[]>> = {
  text: ['loss', 'perplexity', 'bits_per_byte', 'token_accuracy', 'top_k_accuracy'],
  instruct: [...predicted, ...written],
  chat: [...predicted, ...written],
  translate: [...predicted, ...written],
  seq2seq: [...predicted, ...written],
  classify: ['loss', 'accuracy', 'precision', 'recall', 'f1'],
  mask: predicted,
};

/** Throws `metric-unfit` for a figure that a task has not. */
export function requireFitting(task: Task, metrics: readonly MetricName[]): void {
  const unfit = metrics.find((name) => !fittingMetrics[task].includes(name));
  if (unfit === undefined) return;
  throw new EngineError('metric-unfit', `${tasks[task].label} is not measured by ${unfit}.`, {
    hint: `There are ${fittingMetrics[task].join(', ')}.`,
  });
}
