// Where two texts depart from each other: marked words, whole texts, texts too long for the table.

import { describe, expect, it } from 'vitest';
import { textDifferences, type TextPart } from '../../../renderer/lib/text-differences.ts';

/** Marked parts in brackets. */
const shown = (parts: readonly TextPart[]): string =>
  parts.map(({ text, isOther }) => (isOther ? `[${text}]` : text)).join('');
const both = (target: string, output: string): [string, string] => {
  const differences = textDifferences(target, output);
  return [shown(differences.target), shown(differences.output)];
};

describe('the differences of two texts', () => {
  it('are the words that only one of them has', () => {
    expect(both('Ein Hund steht in der Halle.', 'Ein Hund liegt in einer Halle.')).toEqual([
      'Ein Hund [steht] in [der] Halle.',
      'Ein Hund [liegt] in [einer] Halle.',
    ]);
    expect(both('a b c d', 'b x c')).toEqual(['[a] b c [d]', 'b [x] c']);
  });

  it('leave nothing out, whatever the texts are', () => {
    const pairs = [
      ['', ''],
      ['', 'all of it'],
      ['gone', ''],
      ['  spaces  here ', 'spaces here'],
      ['日本語のテキスト', '日本のテキスト'],
    ] as const;
    for (const [target, output] of pairs) {
      const differences = textDifferences(target, output);
      expect(differences.target.map(({ text }) => text).join('')).toBe(target);
      expect(differences.output.map(({ text }) => text).join('')).toBe(output);
    }
    expect(both('gone', '')).toEqual(['[gone]', '']);
    expect(both('same', 'same')).toEqual(['same', 'same']);
  });

  it('of very long texts are what lies between their common ends', () => {
    const many = (word: string): string => Array.from({ length: 2_000 }, (_, i) => `${word}${i}`).join(' ');
    const [target, output] = both(`begin ${many('a')} end`, `begin ${many('b')} end`);
    expect(target).toBe(`begin [${many('a')}] end`);
    expect(output).toBe(`begin [${many('b')}] end`);
  });
});
