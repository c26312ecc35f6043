// What the examples of a sample are called by their task, and which outputs are right. Nothing of Vue.

import type { Task } from '../../engine/config.ts';
import type { SampledExample } from '../../preload/contract.ts';

export interface ExampleRow extends SampledExample {
  readonly targetName: string;
  readonly outputName: string;
  /** Null where more than one answer may be good. */
  readonly isRight: boolean | null;
}

const names: Readonly<Record<Task, { readonly target: string; readonly output: string }>> = {
  text: { target: 'goes on', output: 'written' },
  instruct: { target: 'reference', output: 'answer' },
  chat: { target: 'reference', output: 'answer' },
  translate: { target: 'reference', output: 'written' },
  seq2seq: { target: 'reference', output: 'written' },
  classify: { target: 'class', output: 'answer' },
  mask: { target: 'hidden', output: 'filled in' },
};

/** Tasks whose examples have one right answer. */
const exact: readonly Task[] = ['classify', 'mask'];

/** The examples with their words. */
export function exampleRows(examples: readonly SampledExample[], task: Task): ExampleRow[] {
  return examples.map((example) => ({
    ...example,
    targetName: names[task].target,
    outputName: names[task].output,
    isRight: rightness(example, task),
  }));
}

/** An output that is the target letter for letter is right in every task; another one may be good too. */
function rightness({ target, output }: SampledExample, task: Task): boolean | null {
  if (target.trim() === output.trim()) return true;
  return exact.includes(task) ? false : null;
}

/** Examples as text to be copied. */
export function examplesText(examples: readonly SampledExample[]): string {
  return examples.map(({ input, target, output }) => [input, target, output].join('\n')).join('\n\n');
}
