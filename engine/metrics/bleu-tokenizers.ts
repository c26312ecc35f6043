// The tokenizers that sacreBLEU offers without a model: 13a (WMT's mteval-v13a), intl (mteval-v14), char and
// none. They are part of the metric and have nothing to do with the tokenizer of a model.

import { splitWords } from './words.ts';

export const bleuTokenizerNames = ['13a', 'intl', 'char', 'none'] as const;
export type BleuTokenizer = (typeof bleuTokenizerNames)[number];

/** Applied one after the other; `$1` and `$2` are what the parentheses caught. */
type Replacements = readonly (readonly [RegExp, string])[];

const western: Replacements = [
  [/<skipped>/g, ''],
  [/-\n/g, ''],
  [/\n/g, ' '],
  [/&quot;/g, '"'],
  [/&amp;/g, '&'],
  [/&lt;/g, '<'],
  [/&gt;/g, '>'],
];

const westernPunctuation: Replacements = [
  // Every ASCII symbol but the apostrophe, comma, hyphen and period.
  [/([{-~[-` -&(-+:-@/])/gu, ' $1 '],
  [/([^0-9])([.,])/gu, '$1 $2 '],
  [/([.,])([^0-9])/gu, ' $1 $2'],
  [/([0-9])(-)/gu, '$1 $2 '],
];

const international: Replacements = [
  [/(\P{N})(\p{P})/gu, '$1 $2 '],
  [/(\p{P})(\P{N})/gu, ' $1 $2'],
  [/(\p{S})/gu, ' $1 '],
];

function replaced(text: string, replacements: Replacements): string {
  return replacements.reduce((line, [pattern, by]) => line.replace(pattern, by), text);
}

/** The tokens that BLEU counts. */
export const bleuTokenizers: Readonly<Record<BleuTokenizer, (text: string) => string[]>> = {
  // A space at either end lets the patterns see a neighbour of the first and the last character.
  '13a': (text) => splitWords(replaced(` ${replaced(text, western)} `, westernPunctuation)),
  intl: (text) => splitWords(replaced(text, international)),
  char: (text) => splitWords([...text].join(' ')),
  none: splitWords,
};
