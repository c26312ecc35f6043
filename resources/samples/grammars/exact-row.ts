// What every task with an exact answer gives: rows of an input and the one right output.

import { distinct, type Chance } from './random.ts';

export interface ExactRow {
  readonly input: string;
  readonly output: string;
}

/** `count` rows with different inputs. */
export function exactRows(count: number, make: () => ExactRow): ExactRow[] {
  return distinct(count, (row) => [row.input], make);
}

/** A word of random letters. */
export function letters(chance: Chance, alphabet: string, shortest: number, longest: number): string {
  const length = chance.between(shortest, longest);
  return Array.from({ length }, () => chance.pick([...alphabet])).join('');
}
