// The figures that a task is measured by at each evaluation, beside loss and perplexity: what they are called, in
// which unit they are read, and that higher is better. Charts, figures and comparisons all read them here.

import { tasks, type EvaluationMetric, type RunSettings, type Task } from '../../engine/config.ts';
import { formatChange, formatFixed } from './format.ts';

export interface TaskMetric {
  readonly name: EvaluationMetric;
  /** Such as `eval/bleu`. */
  readonly key: string;
  readonly label: string;
  readonly help: string;
  readonly words: (value: number) => string;
  readonly change: (difference: number) => string;
  /** A label of an axis. */
  readonly tick: (value: number) => string;
  /** The best value that there can be. */
  readonly ceiling: number;
}

const percent = {
  words: (value: number) => `${formatFixed(100 * value, 1)} %`,
  change: (difference: number) => `${formatChange(100 * difference, 1)} %`,
  tick: (value: number) => `${Number((100 * value).toPrecision(3))} %`,
  ceiling: 1,
};

const described: Readonly<Record<EvaluationMetric, Omit<TaskMetric, 'name' | 'key'>>> = {
  accuracy: {
    ...percent,
    label: 'Accuracy',
    help: 'Share of held-out classes or tokens that the model names rightly; higher is better.',
  },
  bleu: {
    label: 'BLEU',
    help: 'How much of the written text stands in its reference, from 0 to 100; higher is better.',
    words: (value) => formatFixed(value, 1),
    change: (difference) => formatChange(difference, 1),
    tick: (value) => String(Number(value.toPrecision(3))),
    ceiling: 100,
  },
  f1: {
    ...percent,
    label: 'F1',
    help: 'Precision and recall together, each class counted alike; higher is better.',
  },
};

export const taskMetrics: readonly TaskMetric[] = (Object.keys(described) as EvaluationMetric[]).map(
  (name) => ({ name, key: `eval/${name}`, ...described[name] }),
);

/** The metric of a key such as `eval/bleu`, or undefined for other keys. */
export function metricOfKey(key: string): TaskMetric | undefined {
  return taskMetrics.find((metric) => metric.key === key);
}

/** What a task is judged by first: BLEU of texts, accuracy of classes and hidden tokens; null for plain text. */
export function mainMetric(task: Task): TaskMetric | null {
  const { metrics } = tasks[task];
  const name = metrics.includes('bleu') ? 'bleu' : metrics[0];
  return taskMetrics.find((metric) => metric.name === name) ?? null;
}

/** By which figure the best checkpoint of a run is chosen: `the lowest validation loss`, `the highest BLEU`. */
export function bestByWords({ task, training }: Pick<RunSettings, 'task' | 'training'>): string {
  const metric = taskMetrics.find(({ name }) => name === training.metricForBestModel);
  if (task === 'text' || !metric) return 'the lowest validation loss';
  return `the highest ${metric.name === 'accuracy' ? 'accuracy' : metric.label}`;
}
