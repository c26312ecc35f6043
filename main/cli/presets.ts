// Which preset a command means that names none, and which sample a task learns from without data: what fits the
// task and a computer without a GPU.

import { presets, presetsFor, smallestPreset, type RunPreset, type Task } from '../../engine/index.ts';

/** The preset of a run or command that names none. */
export const defaultPreset: RunPreset = presets[0]!;

/** The sample that a task learns from where no data is given. */
export const sampleOfTask: Readonly<Record<Task, string>> = {
  text: 'stories',
  instruct: 'instructions',
  chat: 'instructions',
  translate: 'english-german',
  seq2seq: 'reverse',
  classify: 'sentiment',
  mask: 'stories',
};

/** The smallest preset for a task. */
export function presetOf(task: Task): RunPreset {
  return smallestPreset(presetsFor(presets, task)) ?? defaultPreset;
}
