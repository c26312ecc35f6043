// Which of two evaluations is the better one, by the figure that the settings name.

import type { EvaluationMetric } from '../tasks.ts';

/** The figures of one evaluation: the loss, and those of the task. */
export interface EvaluationValues {
  readonly loss: number;
  readonly metrics: Readonly<Partial<Record<EvaluationMetric, number>>>;
}

/** The figure that chooses: the loss where the one that is named was not measured. */
export function chosenFigure(
  { loss, metrics }: EvaluationValues,
  name: 'loss' | EvaluationMetric,
): { readonly value: number; readonly isHigherBetter: boolean } {
  const value = name === 'loss' ? undefined : metrics[name];
  return value === undefined ? { value: loss, isHigherBetter: false } : { value, isHigherBetter: true };
}
