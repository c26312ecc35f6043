// Sort the letters of a word by the alphabet: `dbca` gives `abcd`; a letter that comes twice stays twice.

import { exactRows, letters, type ExactRow } from './exact-row.ts';
import { chanceFrom } from './random.ts';

/** Different words of four to eight letters, each with its letters in order. */
export function sortRows(seed: number, count: number): ExactRow[] {
  const chance = chanceFrom(seed);
  return exactRows(count, () => {
    const input = letters(chance, 'abcdefghij', 4, 8);
    return { input, output: [...input].sort().join('') };
  });
}
