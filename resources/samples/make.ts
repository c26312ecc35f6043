// Writes every generated sample beside this file, the same bytes on every machine:
//   node resources/samples/make.ts
// stories.txt and instructions.jsonl are written by hand and never touched.

import { writeFileSync } from 'node:fs';
import { addRows } from './grammars/add.ts';
import { balanceBracketsRows } from './grammars/balance-brackets.ts';
import { copyRows } from './grammars/copy.ts';
import { englishGermanPairs } from './grammars/english-german.ts';
import type { ExactRow } from './grammars/exact-row.ts';
import { reverseLines, reverseRows } from './grammars/reverse.ts';
import { sentimentRows } from './grammars/sentiment.ts';
import { simpleStories } from './grammars/simple-stories.ts';
import { sortRows } from './grammars/sort.ts';

const SEED = 1;
const EXACT_ROWS = 5_000;

const jsonLines = (rows: readonly ExactRow[]): string =>
  rows.map((row) => `${JSON.stringify(row)}\n`).join('');

/** Every generated file by name; made when its turn comes. */
export const generatedSamples: Readonly<Record<string, () => string>> = {
  'simple-stories.txt': () => simpleStories(SEED, 1_000_000),
  'english-german.tsv': () =>
    ['en\tde', ...englishGermanPairs(SEED, 20_000).map((pair) => pair.join('\t')), ''].join('\n'),
  'sentiment.csv': () =>
    ['text,label', ...sentimentRows(SEED, 5_000).map(({ text, label }) => `"${text}",${label}`), ''].join(
      '\n',
    ),
  'copy.jsonl': () => jsonLines(copyRows(SEED, EXACT_ROWS)),
  'reverse.jsonl': () => jsonLines(reverseRows(SEED, EXACT_ROWS)),
  'reverse.txt': () => reverseLines(SEED, 24_000),
  'sort.jsonl': () => jsonLines(sortRows(SEED, EXACT_ROWS)),
  'add.jsonl': () => jsonLines(addRows(SEED, EXACT_ROWS)),
  'balance-brackets.jsonl': () => jsonLines(balanceBracketsRows(SEED, EXACT_ROWS)),
};

if (import.meta.main)
  for (const [name, make] of Object.entries(generatedSamples))
    writeFileSync(new URL(name, import.meta.url), make());
