// What every kind of sentence is made with: the pair itself, its capitals and marks, and verbs that may stand in
// most sentences. The kinds are in simple-sentences.ts and joined-sentences.ts.

import { pickVerb } from './clause-maker.ts';
import type { Verb } from './german-verbs.ts';
import type { Chance } from './random.ts';

export type Pair = readonly [english: string, german: string];

/** One kind of sentence: makes a pair. */
export type Sentence = (chance: Chance) => Pair;

export const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** A pair with capitals and a mark at the end. */
export const sentence = (english: string, german: string, mark = '.'): Pair => [
  `${capital(english)}${mark}`,
  `${capital(german)}${mark}`,
];

/** A verb that can happen at a time, unlike knowing or having. */
export function timedVerb(chance: Chance): Verb {
  const verb = pickVerb(chance, ['acc', 'give', 'dat', 'alone', 'near', 'far']);
  const isUnfit = verb.flags.includes('stative') || verb.flags.includes('sudden');
  return isUnfit ? timedVerb(chance) : verb;
}

/** A verb for something that one can try, forget or be told to do. */
export function actionVerb(chance: Chance): Verb {
  const verb = pickVerb(chance, ['acc', 'give', 'dat', 'alone']);
  const isNoAction = ['fall', 'wake', 'get', 'lose', 'find', 'forget', 'go', 'come', 'arrive'].includes(
    verb.english.base,
  );
  return isNoAction || verb.flags.includes('stative') ? actionVerb(chance) : verb;
}
