// The samples that come with Heddle: what is committed is what the grammars make, of the promised size, without
// repetition, with right answers, and as its card in the catalogue says.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { taskNames } from '../../engine/config.ts';
import catalogue from '../../resources/samples/catalogue.json' with { type: 'json' };
import { addRows } from '../../resources/samples/grammars/add.ts';
import { balanceBracketsRows } from '../../resources/samples/grammars/balance-brackets.ts';
import { copyRows } from '../../resources/samples/grammars/copy.ts';
import { englishGermanPairs } from '../../resources/samples/grammars/english-german.ts';
import type { ExactRow } from '../../resources/samples/grammars/exact-row.ts';
import { chanceFrom, distinct } from '../../resources/samples/grammars/random.ts';
import { reverseRows } from '../../resources/samples/grammars/reverse.ts';
import { sentimentRows } from '../../resources/samples/grammars/sentiment.ts';
import { simpleStories } from '../../resources/samples/grammars/simple-stories.ts';
import { sortRows } from '../../resources/samples/grammars/sort.ts';
import { generatedSamples } from '../../resources/samples/make.ts';

const folder = new URL('../../resources/samples/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, folder), 'utf8');
const lines = (name: string): string[] => read(name).trimEnd().split('\n');
const jsonRows = <Row>(name: string): Row[] => lines(name).map((line) => JSON.parse(line) as Row);
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const countDifferent = (texts: readonly string[]): number => new Set(texts).size;

describe('the committed samples', () => {
  it.each(Object.keys(generatedSamples))('%s is what its grammar makes', (name) =>
    expect(sha256(generatedSamples[name]!())).toBe(sha256(read(name))),
  );

  it('take at most 8 MB together', () => {
    const sizes = readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => statSync(new URL(entry.name, folder)).size);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(8e6);
  });

  it('leave the hand-written stories as they were', () =>
    expect(sha256(read('stories.txt'))).toBe(
      'a357647c505db05080850135ac1545f9568e8d4aa0aacc1360966b1c66fd034a',
    ));
});

it('follows its seed alone: the first numbers are those of the published mulberry32', () => {
  const chance = chanceFrom(1);
  // node -e with the reference function at seed 1: 0.62707…, 0.00273…, 0.52744…, 0.98105…
  expect(Array.from({ length: 4 }, () => chance.below(1000))).toEqual([627, 2, 527, 981]);
});

it('says so when a grammar cannot make as much as it is asked for', () =>
  expect(() =>
    distinct(
      3,
      (number) => [String(number)],
      () => 1,
    ),
  ).toThrow('Only 1 different ones of 3 can be made.'));

describe('instructions', () => {
  const rows = jsonRows<{ instruction: string; output: string }>('instructions.jsonl');

  it('are 400 different pairs of an instruction and an answer', () => {
    expect(rows.map((row) => Object.keys(row).join())).toEqual(Array(400).fill('instruction,output'));
    expect(countDifferent(rows.map((row) => row.instruction))).toBe(400);
    expect(countDifferent(rows.map((row) => row.output))).toBeGreaterThan(395);
  });

  it('answer in a few words', () => {
    expect(rows.filter(({ output }) => output.length < 3 || output.length > 300)).toEqual([]);
    expect(rows.filter(({ output }) => output !== output.trim())).toEqual([]);
  });

  it('are not made from templates: with names, numbers and quotations blanked, no two are alike', () => {
    const blanked = rows.map(({ instruction }) => instruction.replace(/"[^"]*"|\d+|\b[A-Z]\w+|:.*/g, '_'));
    const openings = blanked.filter((text) => text.length > 12);
    expect(countDifferent(openings)).toBe(openings.length);
  });
});

describe('simple stories', () => {
  const text = read('simple-stories.txt');
  const stories = text.trimEnd().split('\n\n');

  it('are a megabyte of different stories with a title and paragraphs', () => {
    expect(text.length).toBeGreaterThanOrEqual(1e6);
    expect(text.length).toBeLessThan(1.01e6);
    expect(countDifferent(stories)).toBe(stories.length);
    expect(stories.filter((story) => story.split('\n').length < 3)).toEqual([]);
  });

  it('keep to the characters of simple text and leave no slot unfilled', () =>
    expect([...new Set(text)].filter((character) => !/[A-Za-z \n.,!?'":]/.test(character))).toEqual([]));

  it('have no sentence that dominates', () => {
    const counts = new Map<string, number>();
    for (const sentence of text.split(/(?<=[.!?]"?)\s/))
      if (sentence.length > 20) counts.set(sentence, (counts.get(sentence) ?? 0) + 1);
    expect(Math.max(...counts.values())).toBeLessThan(stories.length * 0.04);
    expect(counts.size).toBeGreaterThan(8_000);
  });

  it('speak, and write "an" before a vowel', () => {
    expect(stories.filter((story) => story.includes('"')).length).toBeGreaterThan(stories.length * 0.9);
    expect(text.match(/\b[Aa] [aeiou]\w+/g)).toBeNull();
  });
});

describe('sentiment', () => {
  const rows = lines('sentiment.csv');

  it('is 5,000 different sentences, half of them praise', () => {
    expect(rows[0]).toBe('text,label');
    expect(countDifferent(rows.map((row) => row.replace(/,\w+$/, '')))).toBe(5_001);
    expect(rows.slice(1).filter((row) => !/^"[^"]+",(positive|negative)$/.test(row))).toEqual([]);
    expect(rows.filter((row) => row.endsWith(',positive'))).toHaveLength(2_500);
  });

  it('cannot be told by the words "not" and "but"', () => {
    for (const word of [/\bnot\b/, /\bnever\b/, /\bbut\b/, /\balthough\b/i]) {
      const labels = rows.filter((row) => word.test(row)).map((row) => row.split(',').at(-1));
      const share = labels.filter((label) => label === 'positive').length / labels.length;
      expect(labels.length).toBeGreaterThan(100);
      expect(share).toBeGreaterThan(0.3);
      expect(share).toBeLessThan(0.7);
    }
  });
});

const closer: Record<string, string> = { '(': ')', '[': ']', '{': '}' };

/** Whether brackets match, by taking matched neighbours away until nothing is left. */
function isBalanced(brackets: string): boolean {
  const shorter = brackets.replace(/\(\)|\[\]|\{\}/g, '');
  return shorter === brackets ? brackets === '' : isBalanced(shorter);
}

function countLetters(word: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const letter of word) counts[letter] = (counts[letter] ?? 0) + 1;
  return counts;
}

const exactTasks: [string, (seed: number, count: number) => ExactRow[], (row: ExactRow) => boolean][] = [
  ['copy', copyRows, ({ input, output }) => input === output],
  [
    'reverse',
    reverseRows,
    ({ input, output }) =>
      input.length === output.length &&
      Array.from(input, (letter, i) => output[input.length - 1 - i] === letter).every(Boolean),
  ],
  [
    'sort',
    sortRows,
    ({ input, output }) =>
      Array.from(output, (letter, i) => i === 0 || output[i - 1]! <= letter).every(Boolean) &&
      JSON.stringify(Object.entries(countLetters(input)).sort()) ===
        JSON.stringify(Object.entries(countLetters(output)).sort()),
  ],
  [
    'add',
    addRows,
    ({ input, output }) => {
      const [left, right] = input.split('+').map(Number);
      return /^\d{1,3}\+\d{1,3}$/.test(input) && String(left! + right!) === output;
    },
  ],
  [
    'balance-brackets',
    balanceBracketsRows,
    ({ input, output }) =>
      output !== '' &&
      [...output].every((end) => Object.values(closer).includes(end)) &&
      isBalanced(input + output),
  ],
];

describe.each(exactTasks)('%s', (name, make, isRight) => {
  it('has 5,000 different rows with right answers', () => {
    const rows = jsonRows<ExactRow>(`${name}.jsonl`);
    expect(countDifferent(rows.map((row) => row.input))).toBe(5_000);
    expect(rows.filter((row) => !isRight(row))).toEqual([]);
  });

  it('makes right rows for any seed and count', () => {
    const rows = make(77, 321);
    expect(rows).toHaveLength(321);
    expect(rows.filter((row) => !isRight(row))).toEqual([]);
    expect(make(77, 321)).toEqual(rows);
    expect(make(78, 321)).not.toEqual(rows);
  });
});

it('writes reverse as lines of different words, so that held-out words are never seen in training', () => {
  const rows = lines('reverse.txt');
  expect(rows.filter((row) => !/^<([a-j]{4,6})>[a-j]{4,6}$/.test(row))).toEqual([]);
  expect(countDifferent(rows)).toBe(24_000);
  expect(
    rows.filter((row) => [...row.slice(1).split('>')[0]!].reverse().join('') !== row.split('>')[1]),
  ).toEqual([]);
});

it('makes other stories, pairs and sentences from another seed', () => {
  expect(simpleStories(2, 5_000)).not.toBe(simpleStories(3, 5_000));
  expect(englishGermanPairs(2, 20)).not.toEqual(englishGermanPairs(3, 20));
  expect(sentimentRows(2, 20)).not.toEqual(sentimentRows(3, 20));
});

describe('the catalogue', () => {
  it('has a card for every sample, and a file for every card', () => {
    const files = readdirSync(folder).filter((name) => /\.(txt|tsv|csv|jsonl)$/.test(name));
    expect(catalogue.samples.map(({ file }) => file).sort()).toEqual(files.sort());
    expect(countDifferent(catalogue.samples.map(({ id }) => id))).toBe(files.length);
  });

  it.each(catalogue.samples)('$id tells what it is, teaches and aims at', (card) => {
    expect(['text', 'table']).toContain(card.kind);
    expect(taskNames).toContain(card.task);
    expect([card.title, card.teaches, card.goal].map((words) => words.length > 5)).toEqual([
      true,
      true,
      true,
    ]);
    expect(card.license).toBe('Apache-2.0, made for this project');
    const first = lines(card.file)[0]!;
    const columns = {
      txt: [],
      jsonl: first.startsWith('{') ? Object.keys(JSON.parse(first) as object) : [],
      tsv: first.split('\t'),
      csv: first.split(','),
    }[card.file.split('.').at(-1) as 'txt' | 'jsonl' | 'tsv' | 'csv'];
    expect(card.columns).toEqual(columns);
    if (card.kind === 'text') return;
    expect(columns).toContain(card.textColumn);
    expect(card.task).not.toBe('text');
  });
});
