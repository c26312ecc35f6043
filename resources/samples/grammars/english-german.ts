// English sentences with their German translations: statements, questions, orders, relative, subordinate and
// infinitive clauses. Every pair is built from one meaning, so the two sides cannot drift apart.

import { because, before, both, meanwhile, relative, report, toDo, whenever } from './joined-sentences.ts';
import { chanceFrom, distinct } from './random.ts';
import type { Pair, Sentence } from './sentence.ts';
import {
  belongs,
  compare,
  describe,
  order,
  question,
  state,
  statement,
  thereIs,
  whQuestion,
} from './simple-sentences.ts';

const LONGEST = 90;

/** Pairs with different English and different German sides, none of them long. */
export function englishGermanPairs(seed: number, count: number): Pair[] {
  const chance = chanceFrom(seed);
  const makeShort = (): Pair => {
    const pair = chance.pick(SENTENCES)(chance);
    return pair[0].length <= LONGEST ? pair : makeShort();
  };
  return distinct(count, (pair) => pair, makeShort);
}

const times = (count: number, kind: Sentence): Sentence[] => Array.from({ length: count }, () => kind);

const SENTENCES: readonly Sentence[] = [
  ...times(24, statement),
  ...times(12, question),
  ...times(12, whQuestion),
  ...times(7, because),
  ...times(4, whenever),
  ...times(3, meanwhile),
  ...times(3, before),
  ...times(7, report),
  ...times(8, relative),
  ...times(3, describe),
  ...times(3, compare),
  ...times(2, belongs),
  ...times(3, thereIs),
  ...times(6, both),
  ...times(7, toDo),
  ...times(5, order),
  ...times(3, state),
];
