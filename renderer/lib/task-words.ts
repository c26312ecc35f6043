// What the page says and decides about tasks: which fit a model, what a model must be made of, and which tasks are
// alike. The tasks themselves are described by the engine. Nothing of Vue.

import { taskNames, tasks, type Architecture, type Task } from '../../engine/config.ts';

const madeOf: Readonly<Record<Architecture, string>> = {
  decoder: 'a decoder',
  encoder: 'an encoder',
  'encoder-decoder': 'an encoder with a decoder',
};

/** What a task needs: `Needs an encoder.`, and what there is where that is something else. */
export function needsWords(task: Task, architecture?: Architecture): string {
  const needs = `Needs ${madeOf[tasks[task].architecture]}`;
  return architecture === undefined ? `${needs}.` : `${needs}; this model is ${madeOf[architecture]}.`;
}

/** Whether a word names a task. */
export function isTask(word: string | undefined): word is Task {
  return (taskNames as readonly (string | undefined)[]).includes(word);
}
