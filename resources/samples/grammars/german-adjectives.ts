// The adjectives of the English-German sample: which kinds of nouns each may describe, and comparatives.
// A line of the list: German, English, kinds; an attributive stem that differs follows the German after a slash.

import type { Noun } from './german-nouns.ts';

export interface Adjective {
  readonly german: string;
  /** What the endings are added to. */
  readonly stem: string;
  readonly english: string;
  readonly kinds: readonly string[];
}

const ADJECTIVE_LINES = `
alt|old|grown animal thing clothes text building furniture machine
jung|young|grown animal
klein|small|child animal thing clothes building furniture room plant fruit
groß|tall|person building
groß|big|animal thing room furniture plant
freundlich|friendly|person animal
müde|tired|person animal
klug|clever|person animal
glücklich|happy|person
hungrig|hungry|person animal
frisch|fresh|food
reif|ripe|fruit
kalt|cold|drink dish
heiß|hot|warm
neu|new|thing clothes text machine furniture
teuer/teur|expensive|thing clothes machine furniture
billig|cheap|thing clothes furniture
schwer|heavy|thing furniture
rot|red|thing clothes blossom
blau|blue|thing clothes opening
grün|green|thing clothes opening
schwarz|black|clothes animal thing
weiß|white|clothes animal opening blossom
gelb|yellow|clothes thing blossom
schön|beautiful|clothes plant room gift
lang|long|text clothes
kurz|short|text
interessant|interesting|text
warm|warm|clothes room dish
sauber|clean|room clothes opening
dunkel/dunkl|dark|room building
`;

export const adjectives: readonly Adjective[] = ADJECTIVE_LINES.trim()
  .split('\n')
  .map((line) => {
    const [germans = '', english = '', kinds = ''] = line.split('|');
    const [german = '', stem = german] = germans.split('/');
    // A stem in -e (müde) takes the ending's own e.
    return { german, stem: stem.replace(/e$/, ''), english, kinds: kinds.split(' ') };
  });

/** The adjectives that may describe a noun. */
export function adjectivesFor(noun: Noun): Adjective[] {
  return adjectives.filter((adjective) => adjective.kinds.some((kind) => noun.kinds.includes(kind)));
}

/** Comparatives: German, English, kinds that can be compared so. */
export const comparatives: readonly (readonly [string, string, string])[] = [
  ['älter', 'older', 'person'],
  ['jünger', 'younger', 'person'],
  ['größer', 'taller', 'person'],
  ['stärker', 'stronger', 'person'],
  ['klüger', 'cleverer', 'person'],
  ['freundlicher', 'friendlier', 'person'],
  ['schneller', 'faster', 'animal'],
  ['größer', 'bigger', 'animal'],
  ['kleiner', 'smaller', 'animal'],
  ['teurer', 'more expensive', 'thing'],
  ['billiger', 'cheaper', 'thing'],
  ['schwerer', 'heavier', 'thing'],
  ['älter', 'older', 'thing'],
  ['schöner', 'more beautiful', 'clothes'],
  ['wärmer', 'warmer', 'clothes'],
  ['länger', 'longer', 'text'],
  ['interessanter', 'more interesting', 'text'],
];
