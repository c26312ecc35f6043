// What decides the tokens of a run beside its dataset and tokenizer: the task with its columns and classes.

import { sequenceLength, type RunSettings } from '../../engine/index.ts';

export interface TaskData extends Pick<RunSettings, 'task' | 'data' | 'labels'> {
  /** Tokens of one sequence: a long text whose tokens are hidden is cut into such. */
  readonly length: number;
}

/** The part of a run's settings that decides its tokens. */
export function taskData({ task, data, labels, model, training }: RunSettings): TaskData {
  return { task, data, labels, length: sequenceLength(model, training) };
}
