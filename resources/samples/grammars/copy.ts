// Copy a word: the simplest task with an exact answer, which shows that a model can look back at its input.

import { exactRows, letters, type ExactRow } from './exact-row.ts';
import { chanceFrom } from './random.ts';

/** Different words of three to eight letters, each with itself. */
export function copyRows(seed: number, count: number): ExactRow[] {
  const chance = chanceFrom(seed);
  return exactRows(count, () => {
    const input = letters(chance, 'abcdefghijklmnop', 3, 8);
    return { input, output: input };
  });
}
