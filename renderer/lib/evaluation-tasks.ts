// Which figures fit which task, and which task a model is for: what the form of an evaluation asks. Nothing of Vue.

import { architectures, taskNames, type ModelConfig, type Task } from '../../engine/config.ts';
import type { MetricName } from '../../preload/contract.ts';

/** Figures of predicted targets: nothing is written out for them. */
const predicted: readonly MetricName[] = ['loss', 'perplexity', 'token_accuracy'];
const written: readonly MetricName[] = ['bleu', 'chrf', 'rouge1', 'rouge2', 'rougeL', 'exact_match'];
const classes: readonly MetricName[] = ['accuracy', 'f1', 'precision', 'recall'];

/** Whether texts are written out and held against references. */
export function isWriting(task: Task): boolean {
  return task !== 'text' && task !== 'classify' && task !== 'mask';
}

/** The figures that fit a task; `isQuick` leaves out those that need texts to be written. */
export function fittingMetrics(task: Task, isQuick: boolean): readonly MetricName[] {
  if (task === 'text') return ['perplexity', 'loss', 'bits_per_byte', 'token_accuracy', 'top_k_accuracy'];
  if (task === 'classify') return [...classes, 'loss'];
  return isWriting(task) && !isQuick ? [...written, ...predicted] : predicted;
}

/** The figures of a task that examples are kept of, so that two evaluations can be told from chance. */
export function resampledMetrics(task: Task): readonly MetricName[] {
  if (task === 'classify') return classes;
  return isWriting(task) ? written : [];
}

/** What a model is evaluated for: the task of its run, else what its form is used for. */
export function modelTask({ task, model }: { task?: unknown; model: Pick<ModelConfig, 'modelType'> }): Task {
  const known = taskNames.find((name) => name === task);
  if (known) return known;
  const architecture = architectures[model.modelType];
  return architecture === 'decoder' ? 'text' : architecture === 'encoder' ? 'mask' : 'seq2seq';
}
