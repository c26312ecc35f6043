// One thing said in both languages: a subject, a verb with all that belongs to it, a time and a mood. A clause can
// stand as a statement, a question, an order, a subordinate clause (German verb last) or an infinitive with `zu`.

import { auxiliaries, englishThird, infinitive, present, reflexives, type Verb } from './german-verbs.ts';
import type { NounPhrase, Person } from './noun-phrases.ts';

/** The same words in both languages. */
export interface Both {
  readonly english: string;
  readonly german: string;
}

export type Tense =
  | 'habit'
  | 'now'
  | 'past'
  | 'future'
  | 'können'
  | 'müssen'
  | 'wollen'
  | 'dürfen'
  | 'möchten';

export interface Clause {
  readonly subject: NounPhrase;
  readonly verb: Verb;
  readonly tense: Tense;
  readonly isNegated: boolean;
  readonly time?: Both | undefined;
  /** `often`, `never`: before the verb in English, with the time in German. */
  readonly frequency?: Both | undefined;
  readonly indirect?: NounPhrase | undefined;
  readonly object?: NounPhrase | undefined;
  /** `for his mother`, `with a friend`. */
  readonly companion?: Both | undefined;
  readonly place?: Both | undefined;
}

const words = (...parts: (string | undefined)[]): string => parts.filter(Boolean).join(' ');

interface GermanVerb {
  /** Second in a statement. */
  readonly finite: string;
  /** What closes a main clause. */
  readonly end: string;
  /** What closes a subordinate clause. */
  readonly last: string;
}

function germanVerb({ verb, tense, subject }: Clause): GermanVerb {
  const { person } = subject;
  if (tense === 'habit' || tense === 'now') {
    const finite = present(verb, person);
    return { finite, end: verb.prefix, last: `${verb.prefix}${finite}` };
  }
  if (tense === 'past') {
    const finite = auxiliaries[verb.takesSein ? 'sein' : 'haben'][person];
    return { finite, end: verb.participle, last: `${verb.participle} ${finite}` };
  }
  const finite = auxiliaries[tense === 'future' ? 'werden' : tense][person];
  return { finite, end: infinitive(verb), last: `${infinitive(verb)} ${finite}` };
}

/** Everything between the verb's two parts, in its order; `skips` is what stands elsewhere. */
function germanMiddle(clause: Clause, skips: 'time' | null = null): string {
  const { subject, verb, isNegated, indirect, object, companion, place, frequency } = clause;
  const time = words(skips === 'time' ? undefined : clause.time?.german, frequency?.german);
  const isDefinite = object !== undefined && !object.isIndefinite;
  const objectWords = object?.german('acc', isNegated);
  const comesEarly = isDefinite && (object.isPronoun || isNegated || frequency !== undefined);
  return words(
    verb.flags.includes('reflexive') ? reflexives[subject.person] : undefined,
    object?.isPronoun ? objectWords : undefined,
    indirect?.german('dat'),
    comesEarly && !object.isPronoun ? objectWords : undefined,
    time,
    comesEarly ? undefined : objectWords,
    // An indefinite object carries the negation itself, as `kein`.
    isNegated && (object === undefined || isDefinite) ? 'nicht' : undefined,
    companion?.german,
    place?.german,
  );
}

/** A German statement: the subject first, or the time. */
export function germanStatement(clause: Clause, first: 'subject' | 'time' = 'subject'): string {
  const { finite, end } = germanVerb(clause);
  const subject = clause.subject.german('nom');
  if (first === 'subject' || !clause.time) return words(subject, finite, germanMiddle(clause), end);
  return words(clause.time.german, finite, subject, germanMiddle(clause, 'time'), end);
}

/** A German question, or what follows a subordinate clause that came first: the verb before the subject. */
export function germanInverted(clause: Clause, questionWord?: string): string {
  const { finite, end } = germanVerb(clause);
  return words(questionWord, finite, clause.subject.german('nom'), germanMiddle(clause), end);
}

/** A German subordinate clause: `opening` (weil, dass, wo …), and the verb at the end. */
export function germanSubordinate(clause: Clause, opening: string): string {
  return words(opening, clause.subject.german('nom'), germanMiddle(clause), germanVerb(clause).last);
}

/** A German relative clause whose relative pronoun is its subject. */
export function germanRelative(clause: Clause, relativePronoun: string): string {
  return words(relativePronoun, germanMiddle(clause), germanVerb(clause).last);
}

/** What a German infinitive clause holds: das Fenster zuzumachen. */
export function germanZu(clause: Clause): string {
  return words(germanMiddle(clause), infinitive(clause.verb, true));
}

/** An order to one person: Mach bitte das Fenster zu. */
export function germanOrder(clause: Clause, polite: string): string {
  return words(clause.verb.imperative, polite, germanMiddle(clause), clause.verb.prefix);
}

interface EnglishVerb {
  /** The verb without an auxiliary's help: buys. */
  readonly plain: string;
  /** What turns about in questions and takes `not`: does … buy. */
  readonly auxiliary: string;
  readonly rest: string;
}

const isThird = (person: Person): boolean => ['er', 'sie', 'es'].includes(person);

/** am, are, is. */
export function be(person: Person): string {
  if (person === 'ich') return 'am';
  return isThird(person) ? 'is' : 'are';
}

/** was, were. */
export function wasOrWere(person: Person): string {
  return person === 'ich' || isThird(person) ? 'was' : 'were';
}

function englishVerb({ verb, tense, subject: { person } }: Clause): EnglishVerb {
  const { base, past, ing } = verb.english;
  const withDo = (rest: string): EnglishVerb => ({
    plain: isThird(person) ? rest.replace(/^\w+/, englishThird) : rest,
    auxiliary: isThird(person) ? 'does' : 'do',
    rest,
  });
  const withAuxiliary = (auxiliary: string, rest: string): EnglishVerb => ({
    auxiliary,
    rest,
    plain: `${auxiliary} ${rest}`,
  });
  switch (tense) {
    case 'habit':
      return withDo(base);
    case 'past':
      return { plain: past, auxiliary: 'did', rest: base };
    case 'now':
      return withAuxiliary(be(person), ing);
    case 'future':
      return withAuxiliary('will', base);
    case 'können':
      return withAuxiliary('can', base);
    case 'müssen':
      return withDo(`have to ${base}`);
    case 'wollen':
      return withDo(`want to ${base}`);
    case 'dürfen':
      return withAuxiliary(be(person), `allowed to ${base}`);
    case 'möchten':
      return withAuxiliary('would', `like to ${base}`);
  }
}

function englishTail(clause: Clause, skips: 'time' | null = null): string {
  const { verb, isNegated, indirect, object, companion, place, time } = clause;
  const { particle, preposition } = verb.english;
  const whom = object ?? (verb.frame === 'dat' ? indirect : undefined);
  const thing = words(preposition, whom?.english('object', isNegated));
  return words(
    // Pick up the child, but pick him up.
    whom?.isPronoun ? words(thing, particle) : words(particle, verb.frame === 'give' ? '' : thing),
    verb.frame === 'give' ? words(indirect?.english('object'), thing) : undefined,
    companion?.english,
    place?.english,
    skips === 'time' ? undefined : time?.english,
  );
}

/** What an English clause says of its subject: often buys bread at the market. */
export function englishPredicate(clause: Clause, skips: 'time' | null = null): string {
  const { plain, auxiliary, rest } = englishVerb(clause);
  const not = auxiliary === 'can' ? 'cannot' : `${auxiliary} not`;
  const verb = clause.isNegated ? `${not} ${rest}` : words(clause.frequency?.english, plain);
  return words(verb, englishTail(clause, skips));
}

/** An English statement, the time perhaps first. */
export function englishStatement(clause: Clause, first: 'subject' | 'time' = 'subject'): string {
  const subject = clause.subject.english('subject');
  if (first === 'subject' || !clause.time) return words(subject, englishPredicate(clause));
  return words(clause.time.english, subject, englishPredicate(clause, 'time'));
}

/** An English question. */
export function englishInverted(clause: Clause, questionWord?: string): string {
  const { auxiliary, rest } = englishVerb(clause);
  const subject = clause.subject.english('subject');
  return words(
    questionWord,
    auxiliary,
    subject,
    clause.isNegated ? 'not' : undefined,
    clause.frequency?.english,
    rest,
    englishTail(clause),
  );
}

/** The bare infinitive and what follows it: shut the window. */
export function englishInfinitive(clause: Clause): string {
  return words(clause.verb.english.base, englishTail(clause));
}
