// Which preset a command means that names none, and which sample a task learns from without data: what fits the
// task and a computer without a GPU.

import { presets, type RunPreset, type Task } from '../../engine/index.ts';

/** The preset of a run or command that names none. */
export const defaultPreset: RunPreset = presets[0]!;

const presetNames: Readonly<Record<Task, string>> = {
  text: defaultPreset.name,
  instruct: defaultPreset.name,
  chat: defaultPreset.name,
  translate: 'nn-transformer-small',
  seq2seq: 'nn-transformer-small',
  classify: 'bert-small',
  mask: 'bert-small-mask',
};

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

/** The preset of a task, with that task. */
export function presetOf(task: Task): RunPreset {
  const preset = presets.find(({ name }) => name === presetNames[task]) ?? defaultPreset;
  return { ...preset, settings: { ...preset.settings, task } };
}
