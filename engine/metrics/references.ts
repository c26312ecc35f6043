// The references of an example and how many there are. Must not score anything.

import { EngineError } from '../errors.ts';

/** Refuses an example without a reference, with code `no-references`. */
export function requireReferences(references: readonly string[]): void {
  if (references.length > 0) return;
  throw new EngineError('no-references', 'An example has no reference to compare its output with.', {
    hint: 'Give each example at least one reference; it may be an empty text.',
  });
}

/** Refuses an empty set of examples, with code `no-examples`. */
export function requireExamples(examples: readonly unknown[]): void {
  if (examples.length > 0) return;
  throw new EngineError('no-examples', 'There are no examples to score.', {
    hint: 'Choose data with at least one example.',
  });
}

/** References an example; `var` where examples have different numbers of them. */
export function referencesPerExample(references: readonly (readonly string[])[]): number | 'var' {
  const counts = new Set(references.map((ofOne) => ofOne.length));
  const [count = 0] = counts;
  return counts.size > 1 ? 'var' : count;
}
