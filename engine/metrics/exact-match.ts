// Whether an output is what was asked for, character by character: the exact match of the evaluate package, where
// several references are right if any is. Must not normalise more than it is told to.

import { requireReferences } from './references.ts';

export interface ExactMatchOptions {
  readonly ignoreCase?: boolean | undefined;
  /** Leaves out ASCII punctuation. */
  readonly ignorePunctuation?: boolean | undefined;
}

const punctuation = /[!-/:-@[-`{-~]/g;

/** Whether the output equals one of its references. Throws `no-references`. */
export function isExactMatch(
  output: string,
  references: readonly string[],
  { ignoreCase = false, ignorePunctuation = false }: ExactMatchOptions = {},
): boolean {
  requireReferences(references);
  const compared = (text: string) => {
    const cased = ignoreCase ? text.toLowerCase() : text;
    return ignorePunctuation ? cased.replace(punctuation, '') : cased;
  };
  const wanted = compared(output);
  return references.some((reference) => compared(reference) === wanted);
}
