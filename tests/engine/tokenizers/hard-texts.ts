// Texts that tokenizers get wrong, for the property tests of this folder.
import * as fc from 'fast-check';

const FRAGMENTS = [
  ' ',
  '  ',
  '\n',
  '\r\n',
  '\n\n',
  '\r',
  '\t',
  '\u00a0',
  '\u0085',
  '\u2028',
  '\u3000',
  '\ufeff',
  '\u200b',
  '\u000b',
  "'",
  "'s",
  "'S",
  "'re",
  "'RE",
  "'ll",
  "'l",
  "'d",
  "'v",
  '’s',
  'a',
  'B',
  'the',
  ' weaver',
  'ab',
  'abc',
  'é',
  'e\u0301',
  '\u0301',
  'ß',
  'ſ',
  'ж',
  '川',
  '한',
  'ǅ',
  'ª',
  '0',
  '7',
  '12345',
  '²',
  '½',
  '٣',
  '१',
  'Ⅷ',
  '𝟙',
  '.',
  '!',
  '!?',
  '<',
  '>',
  '|',
  '_',
  '-',
  '$',
  '€',
  '🧶',
  '👨‍👩‍👧',
  '🇺🇳',
  '\u0000',
  '\u007f',
  '\u001b',
  '𠀀',
  '𝕏',
  '\u{10ffff}',
  '<|endoftext|>',
  '<|endof',
  'text|>',
  '<|unk|>',
  '<|pad|>',
  '<|pad|><|pad|>',
  '__proto__',
];

/** Up to 24 fragments and arbitrary characters in a row; always well-formed UTF-16. */
export const hardText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...FRAGMENTS) },
      fc.string({ unit: 'grapheme', maxLength: 4 }),
    ),
    {
      maxLength: 24,
      size: 'max',
    },
  )
  .map((parts) => parts.join(''));

/** A list of chunks whose concatenation is a text, cut every 1 to 64 UTF-16 units. */
export function chunked(text: string, sizes: readonly number[]): string[] {
  const chunks: string[] = [];
  for (let start = 0, turn = 0; start < text.length; turn++) {
    const size = sizes[turn % sizes.length]!;
    chunks.push(text.slice(start, start + size));
    start += size;
  }
  return chunks;
}

/** Chunk sizes for `chunked`. */
export const chunkSizes: fc.Arbitrary<number[]> = fc.array(fc.integer({ min: 1, max: 64 }), {
  minLength: 1,
  maxLength: 8,
});

/** Items as an asynchronous iterable. */
export async function* asyncOf<T>(items: Iterable<T>): AsyncGenerator<T, void, undefined> {
  for (const item of items) yield item;
}
