// What is wrong with one setting, in words, and how checks that find such things refuse.

import { EngineError } from './errors.ts';

export interface SettingProblem {
  /** Such as `model.hiddenSize`, or empty where no one setting is to blame. */
  readonly path: string;
  readonly message: string;
  /** What to do about it. */
  readonly hint: string;
}

/** Throws `settings-invalid` with the first of some problems; returns when there is none. */
export function refuseProblem(problems: readonly SettingProblem[]): void {
  const [first] = problems;
  if (first) throw new EngineError('settings-invalid', first.message, { hint: first.hint });
}
