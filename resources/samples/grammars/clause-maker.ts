// Random clauses that make sense: verbs act on kinds of things they can act on, times fit tenses, possessives
// mostly belong to the subject, and nobody acts on himself by accident.

import type { Both, Clause, Tense } from './clauses.ts';
import { nouns, type GrammaticalNumber, type Noun } from './german-nouns.ts';
import { verbs, type Verb } from './german-verbs.ts';
import { farGoals, frequencies, homes, locations, nearGoals, timesFor } from './places-and-times.ts';
import {
  counts,
  maybeAdjective,
  namePhrase,
  nounPhrase,
  pronounPhrase,
  type Determiner,
  type NounPhrase,
  type Person,
} from './noun-phrases.ts';
import type { Chance } from './random.ts';

const of = (...kinds: string[]): Noun[] =>
  nouns.filter((noun) => noun.kinds.some((kind) => kinds.includes(kind)));
const people = of('person');
const animals = of('animal');
const subjectPronouns: readonly Person[] = ['ich', 'du', 'er', 'sie', 'wir', 'ihr', 'sie-plural'];
const owners: readonly Person[] = ['ich', 'du', 'er', 'sie', 'wir', 'sie-plural'];
const speakers: Partial<Record<Person, readonly Person[]>> = { ich: ['ich', 'wir'], wir: ['ich', 'wir'] };
const hearers: readonly Person[] = ['du', 'ihr'];

const repeat = (tense: Tense, times: number): Tense[] => Array.from({ length: times }, () => tense);

/** Every tense as often as it is drawn. */
const TENSES: readonly Tense[] = [
  ...repeat('habit', 3),
  ...repeat('now', 3),
  ...repeat('past', 4),
  ...repeat('future', 2),
  'können',
  'müssen',
  'wollen',
  'dürfen',
  'möchten',
];

export interface Wishes {
  readonly subject?: NounPhrase;
  readonly tense?: Tense;
  readonly verb?: Verb;
  readonly frames?: readonly Verb['frame'][];
  readonly isNegated?: boolean;
  /** Nothing that tells when. */
  readonly isTimeless?: boolean;
}

/** A verb in one of some frames, the rarer frames as likely as the crowded one. */
export function pickVerb(chance: Chance, frames: readonly Verb['frame'][]): Verb {
  const frame = chance.happens(0.5) && frames.includes('acc') ? 'acc' : chance.pick(frames);
  return chance.pick(verbs.filter((verb) => verb.frame === frame));
}

const ALL_FRAMES: readonly Verb['frame'][] = ['acc', 'dat', 'give', 'alone', 'place', 'near', 'far'];

/** A clause with all that its verb takes. */
export function makeClause(chance: Chance, wishes: Wishes = {}): Clause {
  const verb = wishes.verb ?? pickVerb(chance, wishes.frames ?? ALL_FRAMES);
  const subject = wishes.subject ?? subjectFor(chance, verb);
  const tense = wishes.tense ?? tenseFor(chance, verb);
  const isNegated = wishes.isNegated ?? chance.happens(0.15);
  const isTimed = wishes.isTimeless !== true && !verb.flags.includes('stative');
  const isOften = isTimed && !isNegated && (tense === 'habit' || tense === 'past') && chance.happens(0.25);
  return {
    subject,
    verb,
    tense,
    isNegated,
    frequency: isOften ? chance.pick(frequencies) : undefined,
    time: isTimed && !isOften && chance.happens(0.5) ? chance.pick(timesFor(tense)) : undefined,
    ...complements(chance, verb, subject, isNegated),
  };
}

/** A tense that a verb can stand in: what one knows or loves one is not just now knowing or loving. */
export function tenseFor(chance: Chance, verb: Verb): Tense {
  if (verb.flags.includes('present')) return 'habit';
  if (verb.flags.includes('stative')) return chance.pick(['habit', 'habit', 'past']);
  return chance.pick(verb.flags.includes('sudden') ? TENSES.filter((tense) => tense !== 'now') : TENSES);
}

/** A subject that can do what the verb says. */
export function subjectFor(chance: Chance, verb: Verb): NounPhrase {
  if (verb.flags.includes('animals') && chance.happens(0.25)) {
    const noun = chance.pick(animals);
    const kind = chance.pick(['definite', 'this'] as const);
    return nounPhrase(noun, numberOf(chance, noun, 0.3), { kind }, maybeAdjective(chance, noun, 0.4));
  }
  return somebody(chance);
}

/** A person or people: by name, as a pronoun, or as what they are. */
export function somebody(chance: Chance): NounPhrase {
  const draw = chance.below(10);
  if (draw < 3) return namePhrase(chance);
  if (draw < 6) return pronounPhrase(chance.pick(subjectPronouns));
  return personNoun(chance, chance.pick(owners), 0.25, false);
}

function numberOf(chance: Chance, noun: Noun, pluralShare: number): GrammaticalNumber {
  const isOne = noun.kinds.includes('mass') || noun.kinds.includes('single');
  return !isOne && chance.happens(pluralShare) ? 'plural' : 'singular';
}

function personNoun(chance: Chance, owner: Person, pluralShare: number, mayBeAny: boolean): NounPhrase {
  const noun = chance.pick(people);
  const number = numberOf(chance, noun, pluralShare);
  const adjective = maybeAdjective(chance, noun, 0.3);
  if (noun.kinds.includes('kin')) return nounPhrase(noun, number, { kind: 'possessive', owner }, adjective);
  const kinds = ['definite', 'definite', 'definite', 'this', mayBeAny ? 'indefinite' : 'definite'] as const;
  const isCounted = number === 'plural' && chance.happens(0.3);
  return nounPhrase(
    noun,
    number,
    isCounted ? { kind: 'count', ...chance.pick(counts) } : { kind: chance.pick(kinds) },
    adjective,
  );
}

/** Whose thing it is: mostly the subject's; a child (`es`) is given none, since English would say `its`. */
function ownerFor(chance: Chance, { person }: NounPhrase): Person {
  return person !== 'es' && chance.happens(0.8) ? person : chance.pick(['ich', 'wir']);
}

function complements(
  chance: Chance,
  verb: Verb,
  subject: NounPhrase,
  isNegated: boolean,
): Pick<Clause, 'indirect' | 'object' | 'companion' | 'place'> {
  const mayBeAny = !isNegated;
  switch (verb.frame) {
    case 'acc': {
      const object = objectFor(chance, verb, subject, isNegated);
      const isBought = ['kaufen', 'holen', 'kochen', 'malen'].includes(infinitiveOf(verb));
      const companion =
        isBought && !isNegated && chance.happens(0.3) ? forSomebody(chance, subject) : undefined;
      return { object, companion };
    }
    case 'dat':
      return { indirect: otherPerson(chance, subject, mayBeAny) };
    case 'give':
      return {
        indirect: otherPerson(chance, subject, mayBeAny),
        object: thing(chance, verb, subject, isNegated),
      };
    case 'place': {
      const isHome = verb.flags.includes('home');
      const place = isHome || chance.happens(0.75) ? chance.pick(isHome ? homes : locations) : undefined;
      return { place, companion: isHome ? undefined : maybeTogether(chance, subject, isNegated) };
    }
    case 'near':
    case 'far':
      return {
        place: chance.pick(verb.frame === 'far' ? farGoals : nearGoals),
        companion: maybeTogether(chance, subject, isNegated),
      };
    case 'alone':
      return {};
  }
}

const infinitiveOf = (verb: Verb): string => `${verb.prefix}${verb.infinitive}`;

/** Whoever is not the subject. */
export function otherPerson(chance: Chance, subject: NounPhrase, mayBeAny: boolean): NounPhrase {
  for (;;) {
    const draw = chance.below(10);
    const phrase =
      draw < 2
        ? namePhrase(chance)
        : draw < 5
          ? pronounPhrase(chance.pick(subjectPronouns))
          : personNoun(chance, ownerFor(chance, subject), 0.25, mayBeAny);
    if (!overlaps(subject, phrase)) return phrase;
  }
}

/** Whether two phrases might mean the same people, which would call for `myself` and `sich`. */
function overlaps(subject: NounPhrase, other: NounPhrase): boolean {
  if (subject.german('nom') === other.german('nom')) return true;
  if (!other.isPronoun) return false;
  if (speakers[subject.person]?.includes(other.person)) return true;
  if (hearers.includes(subject.person) && hearers.includes(other.person)) return true;
  return subject.person === other.person;
}

function objectFor(chance: Chance, verb: Verb, subject: NounPhrase, isNegated: boolean): NounPhrase {
  const share = verb.kinds.includes('person') ? 1 / verb.kinds.length : 0;
  return chance.happens(share)
    ? otherPerson(chance, subject, !isNegated)
    : thing(chance, verb, subject, isNegated);
}

function thing(chance: Chance, verb: Verb, subject: NounPhrase, isNegated: boolean): NounPhrase {
  const noun = chance.pick(of(...verb.kinds.filter((kind) => kind !== 'person')));
  const isPlural = verb.flags.includes('plural') || numberOf(chance, noun, 0.25) === 'plural';
  const number = isPlural ? 'plural' : 'singular';
  const determiner = determinerFor(chance, noun, number, ownerFor(chance, subject), isNegated);
  return nounPhrase(noun, number, determiner, maybeAdjective(chance, noun, 0.35));
}

function determinerFor(
  chance: Chance,
  noun: Noun,
  number: GrammaticalNumber,
  owner: Person,
  isNegated: boolean,
): Determiner {
  if (noun.kinds.includes('kin')) return { kind: chance.pick(['indefinite', 'indefinite', 'this']) };
  const draw = chance.below(10);
  if (draw < 3) return { kind: 'definite' };
  if (draw < 6) return { kind: 'indefinite' };
  if (draw < 8) return { kind: 'possessive', owner };
  if (number === 'plural' && !isNegated) return { kind: 'count', ...chance.pick(counts) };
  return { kind: draw === 8 ? 'this' : 'definite' };
}

function forSomebody(chance: Chance, subject: NounPhrase): Both {
  const whom = otherPerson(chance, subject, true);
  return { english: `for ${whom.english('object')}`, german: `für ${whom.german('acc')}` };
}

function maybeTogether(chance: Chance, subject: NounPhrase, isNegated: boolean): Both | undefined {
  if (!chance.happens(0.25)) return undefined;
  const whom = otherPerson(chance, subject, !isNegated);
  return { english: `with ${whom.english('object')}`, german: `mit ${whom.german('dat')}` };
}
