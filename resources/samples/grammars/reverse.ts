// Reverse a word, letter by letter: `abcde` gives `edcba`. Also as plain lines that a text model learns from.

import { exactRows, letters, type ExactRow } from './exact-row.ts';
import { chanceFrom } from './random.ts';

const ALPHABET = 'abcdefghij';

/** Different words of four to six letters, each with itself read backwards. */
export function reverseRows(seed: number, count: number): ExactRow[] {
  const chance = chanceFrom(seed);
  return exactRows(count, () => {
    const input = letters(chance, ALPHABET, 4, 6);
    return { input, output: [...input].reverse().join('') };
  });
}

/**
 * The same as text: one `<word>drow` a line. The first mark matters: without it a model that sees the end of a
 * longer word at the start of its window would learn that words may begin anywhere.
 */
export function reverseLines(seed: number, count: number): string {
  return reverseRows(seed, count)
    .map(({ input, output }) => `<${input}>${output}\n`)
    .join('');
}
