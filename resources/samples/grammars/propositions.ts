// What can be true or not, whatever it is made of: a clause, a state of somebody, or the weather. Sentences are
// put together from propositions without knowing which kind they have.

import {
  be,
  englishInverted,
  englishStatement,
  germanInverted,
  germanStatement,
  germanSubordinate,
  wasOrWere,
  type Clause,
} from './clauses.ts';
import { auxiliaries } from './german-verbs.ts';
import type { NounPhrase } from './noun-phrases.ts';
import type { Chance } from './random.ts';

export interface Proposition {
  /** A statement in English, which keeps its order in subordinate clauses too. */
  english(): string;
  englishQuestion(): string;
  german(): string;
  /** The verb first, as in questions and after something else that was put first. */
  germanInverted(): string;
  /** The verb last, after a word such as `weil`. */
  germanSubordinate(opening: string): string;
}

/** A clause as a proposition. */
export function clauseProposition(clause: Clause): Proposition {
  return {
    english: () => englishStatement(clause),
    englishQuestion: () => englishInverted(clause),
    german: () => germanStatement(clause),
    germanInverted: () => germanInverted(clause),
    germanSubordinate: (opening) => germanSubordinate(clause, opening),
  };
}

const STATES: readonly (readonly ['sein' | 'haben', string, string])[] = [
  ['sein', 'tired', 'müde'],
  ['sein', 'ill', 'krank'],
  ['sein', 'hungry', 'hungrig'],
  ['sein', 'thirsty', 'durstig'],
  ['sein', 'happy', 'glücklich'],
  ['sein', 'sad', 'traurig'],
  ['sein', 'angry', 'wütend'],
  ['sein', 'at home', 'zu Hause'],
  ['sein', 'alone', 'allein'],
  ['sein', 'late', 'spät dran'],
  ['sein', 'very brave', 'sehr mutig'],
  ['sein', 'too loud', 'zu laut'],
  ['haben', 'have time', 'Zeit'],
  ['haben', 'have no time', 'keine Zeit'],
  ['haben', 'have a headache', 'Kopfschmerzen'],
  ['haben', 'have a good idea', 'eine gute Idee'],
  ['haben', 'have little money', 'wenig Geld'],
  ['haben', 'have much work', 'viel Arbeit'],
  ['haben', 'have a lot of luck', 'viel Glück'],
];

/** How somebody is, or what trouble they have, now or then. */
export function stateProposition(chance: Chance, subject: NounPhrase, isPast: boolean): Proposition {
  const [verb, english, german] = chance.pick(STATES);
  const { person } = subject;
  const isThird = ['er', 'sie', 'es'].includes(person);
  const pastVerb = verb === 'sein' ? 'war' : 'hatte';
  const germanVerb = auxiliaries[isPast ? pastVerb : verb][person];
  const presentHave = isThird ? english.replace('have', 'has') : english;
  const had = isPast ? english.replace('have', 'had') : presentHave;
  const isOrWas = isPast ? wasOrWere(person) : be(person);
  const predicate = verb === 'sein' ? `${isOrWas} ${english}` : had;
  const helper = isPast ? 'did' : isThird ? 'does' : 'do';
  const whoEnglish = subject.english('subject');
  const whoGerman = subject.german('nom');
  return {
    english: () => `${whoEnglish} ${predicate}`,
    englishQuestion: () =>
      verb === 'sein' ? `${isOrWas} ${whoEnglish} ${english}` : `${helper} ${whoEnglish} ${english}`,
    german: () => `${whoGerman} ${germanVerb} ${german}`,
    germanInverted: () => `${germanVerb} ${whoGerman} ${german}`,
    germanSubordinate: (opening) => `${opening} ${whoGerman} ${german} ${germanVerb}`,
  };
}

// English now, English then, and the German subject, verb (now, then) and rest.
const WEATHER: readonly (readonly [string, string, string, string, string, string])[] = [
  ['it is raining', 'it was raining', 'es', 'regnet', 'regnete', ''],
  ['it is snowing', 'it was snowing', 'es', 'schneit', 'schneite', ''],
  ['it is cold', 'it was cold', 'es', 'ist', 'war', 'kalt'],
  ['it is already dark', 'it was already dark', 'es', 'ist', 'war', 'schon dunkel'],
  ['it is late', 'it was late', 'es', 'ist', 'war', 'spät'],
  ['the sun is shining', 'the sun was shining', 'die Sonne', 'scheint', 'schien', ''],
  ['the weather is bad', 'the weather was bad', 'das Wetter', 'ist', 'war', 'schlecht'],
  ['the weather is good', 'the weather was good', 'das Wetter', 'ist', 'war', 'gut'],
  ['the wind is strong', 'the wind was strong', 'der Wind', 'ist', 'war', 'stark'],
  ['the shops are closed', 'the shops were closed', 'die Geschäfte', 'sind', 'waren', 'geschlossen'],
  ['the street is wet', 'the street was wet', 'die Straße', 'ist', 'war', 'nass'],
  ['it is the weekend', 'it was the weekend', 'es', 'ist', 'war', 'Wochenende'],
];

/** What is going on outside. */
export function weatherProposition(chance: Chance, isPast: boolean): Proposition {
  const [englishNow, englishThen, subject, now, then, rest] = chance.pick(WEATHER);
  const english = isPast ? englishThen : englishNow;
  const verb = isPast ? then : now;
  const join = (...parts: string[]): string => parts.filter((part) => part !== '').join(' ');
  return {
    english: () => english,
    englishQuestion: () => english.replace(/^(.*?) (is|are|was|were) /, '$2 $1 '),
    german: () => join(subject, verb, rest),
    germanInverted: () => join(verb, subject, rest),
    germanSubordinate: (opening) => join(opening, subject, rest, verb),
  };
}
