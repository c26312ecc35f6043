// Noun phrases in both languages at once: names, pronouns, and nouns with an article and an adjective. A phrase
// knows its person and number (for the verb), whose it is (for possessives) and how to stand in each case.

import { adjectiveEnding, definite, demonstrative, einWord, germanNoun } from './german-nouns.ts';
import type { Case, Gender, GrammaticalNumber, Noun } from './german-nouns.ts';
import { adjectivesFor, type Adjective } from './german-adjectives.ts';
import type { Chance } from './random.ts';

/** The grammatical persons: German tells `du` and `ihr` apart, English says `you` and `you both`. */
export type Person = 'ich' | 'du' | 'er' | 'sie' | 'es' | 'wir' | 'ihr' | 'sie-plural';

export interface NounPhrase {
  readonly person: Person;
  readonly isPronoun: boolean;
  /** `ein` or no article: negation turns it into `kein`. */
  readonly isIndefinite: boolean;
  /** The pronoun that can stand for it later without doubt, where there is one. */
  readonly pronoun: Person | null;
  /** Which relative pronoun refers to it; null where no relative clause may follow. */
  readonly relative: { readonly column: Gender | 'plural'; readonly english: 'who' | 'that' } | null;
  english(role: 'subject' | 'object', isNegated?: boolean): string;
  german(grammaticalCase: Case, isNegated?: boolean): string;
}

export type Determiner =
  | { readonly kind: 'definite' | 'indefinite' | 'this' }
  | { readonly kind: 'possessive'; readonly owner: Person }
  | { readonly kind: 'count'; readonly english: string; readonly german: string };

const PRONOUNS: Record<Person, { english: [string, string]; german: Record<Case, string> }> = {
  ich: { english: ['I', 'me'], german: { nom: 'ich', acc: 'mich', dat: 'mir' } },
  du: { english: ['you', 'you'], german: { nom: 'du', acc: 'dich', dat: 'dir' } },
  er: { english: ['he', 'him'], german: { nom: 'er', acc: 'ihn', dat: 'ihm' } },
  sie: { english: ['she', 'her'], german: { nom: 'sie', acc: 'sie', dat: 'ihr' } },
  es: { english: ['it', 'it'], german: { nom: 'es', acc: 'es', dat: 'ihm' } },
  wir: { english: ['we', 'us'], german: { nom: 'wir', acc: 'uns', dat: 'uns' } },
  ihr: {
    english: ['you both', 'you both'],
    german: { nom: 'ihr beide', acc: 'euch beide', dat: 'euch beiden' },
  },
  'sie-plural': { english: ['they', 'them'], german: { nom: 'sie', acc: 'sie', dat: 'ihnen' } },
};

const POSSESSIVES: Record<Person, [english: string, german: string]> = {
  ich: ['my', 'mein'],
  du: ['your', 'dein'],
  er: ['his', 'sein'],
  sie: ['her', 'ihr'],
  es: ['its', 'sein'],
  wir: ['our', 'unser'],
  ihr: ['your', 'euer'],
  'sie-plural': ['their', 'ihr'],
};

const NAMES: readonly (readonly [name: string, person: 'er' | 'sie'])[] = [
  ...['Anna', 'Lena', 'Emma', 'Clara', 'Marie', 'Julia', 'Sophie'].map((name) => [name, 'sie'] as const),
  ...['Paul', 'Max', 'Jonas', 'Felix', 'Tom', 'Peter', 'David'].map((name) => [name, 'er'] as const),
];

export const counts = [
  { english: 'two', german: 'zwei' },
  { english: 'three', german: 'drei' },
  { english: 'four', german: 'vier' },
  { english: 'five', german: 'fünf' },
  { english: 'ten', german: 'zehn' },
] as const;

/** A pronoun. */
export function pronounPhrase(person: Person): NounPhrase {
  const { english, german } = PRONOUNS[person];
  return {
    person,
    isPronoun: true,
    isIndefinite: false,
    pronoun: person,
    relative: null,
    english: (role) => english[role === 'subject' ? 0 : 1],
    german: (grammaticalCase) => german[grammaticalCase],
  };
}

/** A person by name. */
export function namePhrase(chance: Chance): NounPhrase {
  const [name, person] = chance.pick(NAMES);
  return {
    person,
    isPronoun: false,
    isIndefinite: false,
    pronoun: person,
    relative: null,
    english: () => name,
    german: () => name,
  };
}

/** A noun with its determiner and perhaps an adjective. */
export function nounPhrase(
  noun: Noun,
  number: GrammaticalNumber,
  determiner: Determiner,
  adjective: Adjective | null,
): NounPhrase {
  const column = number === 'plural' ? 'plural' : noun.gender;
  const isMass = noun.kinds.includes('mass');
  const isPerson = noun.kinds.includes('person');
  const singularPerson = ({ m: 'er', f: 'sie', n: 'es' } as const)[noun.gender];
  const person = number === 'plural' ? 'sie-plural' : singularPerson;
  const word = number === 'plural' ? noun.englishPlural : noun.english;
  return {
    person,
    isPronoun: false,
    isIndefinite: determiner.kind === 'indefinite',
    pronoun: isPerson && person !== 'es' ? person : null,
    relative: { column, english: isPerson ? 'who' : 'that' },
    english: (_role, isNegated = false) =>
      englishNoun(determiner, adjective ? `${adjective.english} ${word}` : word, {
        isBare: number === 'plural' || isMass,
        isPlural: number === 'plural',
        isNegated,
      }),
    german: (grammaticalCase, isNegated = false) => {
      const article = germanArticle(determiner, column, grammaticalCase, isMass, isNegated);
      const ending = (stem: Adjective): string =>
        `${stem.stem}${adjectiveEnding(article.like, column, grammaticalCase)}`;
      return [article.word, adjective ? ending(adjective) : '', germanNoun(noun, number, grammaticalCase)]
        .filter((part) => part !== '')
        .join(' ');
    },
  };
}

function englishNoun(
  determiner: Determiner,
  words: string,
  { isBare, isPlural, isNegated }: { isBare: boolean; isPlural: boolean; isNegated: boolean },
): string {
  switch (determiner.kind) {
    case 'definite':
      return `the ${words}`;
    case 'this':
      return `${isPlural ? 'these' : 'this'} ${words}`;
    case 'possessive':
      return `${POSSESSIVES[determiner.owner][0]} ${words}`;
    case 'count':
      return `${determiner.english} ${words}`;
    case 'indefinite':
      if (isBare) return isNegated ? `any ${words}` : words;
      return `${/^[aeiou]/.test(words) ? 'an' : 'a'} ${words}`;
  }
}

function germanArticle(
  determiner: Determiner,
  column: Gender | 'plural',
  grammaticalCase: Case,
  isMass: boolean,
  isNegated: boolean,
): { word: string; like: 'der' | 'ein' | 'nothing' } {
  switch (determiner.kind) {
    case 'definite':
      return { word: definite(column, grammaticalCase), like: 'der' };
    case 'this':
      return { word: demonstrative(column, grammaticalCase), like: 'der' };
    case 'possessive':
      return { word: einWord(POSSESSIVES[determiner.owner][1], column, grammaticalCase), like: 'ein' };
    case 'count':
      return { word: determiner.german, like: 'nothing' };
    case 'indefinite':
      if (isNegated) return { word: einWord('kein', column, grammaticalCase), like: 'ein' };
      if (column === 'plural' || isMass) return { word: '', like: 'nothing' };
      return { word: einWord('ein', column, grammaticalCase), like: 'ein' };
  }
}

/** A fitting adjective, more often none. */
export function maybeAdjective(chance: Chance, noun: Noun, probability: number): Adjective | null {
  const fitting = adjectivesFor(noun);
  return fitting.length > 0 && chance.happens(probability) ? chance.pick(fitting) : null;
}
