// Which of the kept evaluations are shown. Nothing of Vue.

import { taskNames, tasks, type Task } from '../../engine/config.ts';
import type { Evaluation } from '../../preload/contract.ts';
import { recordOf } from './read-value.ts';

export interface EvaluationFilter {
  readonly words: string;
  readonly task: Task | null;
}

/** A filter of anything that was remembered. */
export function readEvaluationFilter(value: unknown): EvaluationFilter {
  const { words, task } = recordOf(value);
  return {
    words: typeof words === 'string' ? words : '',
    task: taskNames.find((name) => name === task) ?? null,
  };
}

/** The evaluations that fit a filter. */
export function filterEvaluations(
  evaluations: readonly Evaluation[],
  { words, task }: EvaluationFilter,
): Evaluation[] {
  const wanted = words.trim().toLowerCase().split(/\s+/).filter(Boolean);
  return evaluations.filter((one) => {
    if (task !== null && one.task !== task) return false;
    const text = `${one.label} ${one.datasetName} ${tasks[one.task].label}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}
