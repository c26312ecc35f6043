// Sentences of one clause, in both languages: statements, questions, orders, descriptions and comparisons.

import {
  be,
  englishInfinitive,
  englishInverted,
  englishStatement,
  germanInverted,
  germanOrder,
  germanStatement,
  wasOrWere,
  type Both,
  type Clause,
} from './clauses.ts';
import { makeClause, otherPerson, somebody } from './clause-maker.ts';
import { comparatives } from './german-adjectives.ts';
import { nouns } from './german-nouns.ts';
import { auxiliaries, verbs } from './german-verbs.ts';
import {
  counts,
  maybeAdjective,
  namePhrase,
  nounPhrase,
  pronounPhrase,
  type NounPhrase,
} from './noun-phrases.ts';
import { locations } from './places-and-times.ts';
import { stateProposition, weatherProposition } from './propositions.ts';
import { actionVerb, capital, sentence, timedVerb, type Pair, type Sentence } from './sentence.ts';

export const statement: Sentence = (chance) => {
  const clause = makeClause(chance);
  const first = chance.happens(0.35) ? 'time' : 'subject';
  return sentence(englishStatement(clause, first), germanStatement(clause, first));
};

export const question: Sentence = (chance) => {
  const made = makeClause(chance, chance.happens(0.85) ? { isNegated: false } : {});
  const isAskable =
    made.frequency === undefined || ['often', 'always', 'usually'].includes(made.frequency.english);
  const clause = isAskable ? made : { ...made, frequency: undefined };
  return sentence(englishInverted(clause), germanInverted(clause), '?');
};

export const whQuestion: Sentence = (chance) => {
  const asked = chance.pick(['what', 'whom', 'who', 'where', 'whereTo', 'when', 'why', 'toWhom'] as const);
  const ask = (clause: Clause, english: string, german: string): Pair =>
    sentence(englishInverted(clause, english), germanInverted(clause, german), '?');
  const positive = { isNegated: false, isTimeless: chance.happens(0.6) };
  switch (asked) {
    case 'what': {
      const verb = chance.pick(
        verbs.filter(({ frame, kinds }) => frame === 'acc' && !kinds.includes('person')),
      );
      return ask({ ...makeClause(chance, { ...positive, verb }), object: undefined }, 'what', 'was');
    }
    case 'whom': {
      const verb = chance.pick(
        verbs.filter(({ frame, kinds }) => frame === 'acc' && kinds.includes('person')),
      );
      return ask({ ...makeClause(chance, { ...positive, verb }), object: undefined }, 'who', 'wen');
    }
    case 'toWhom': {
      const clause = makeClause(chance, { ...positive, frames: ['dat'] });
      return ask({ ...clause, indirect: undefined }, 'who', 'wem');
    }
    case 'who': {
      const clause = makeClause(chance, { ...positive, subject: whoever });
      return sentence(englishStatement(clause), germanStatement(clause), '?');
    }
    case 'where':
      return ask(withoutPlace(makeClause(chance, { ...positive, frames: ['place'] })), 'where', 'wo');
    case 'whereTo':
      return ask(
        withoutPlace(makeClause(chance, { ...positive, frames: ['near', 'far'] })),
        'where',
        'wohin',
      );
    case 'when':
      return ask(
        makeClause(chance, { verb: timedVerb(chance), isNegated: false, isTimeless: true }),
        'when',
        'wann',
      );
    case 'why':
      return ask(makeClause(chance), 'why', 'warum');
  }
};

const whoever: NounPhrase = {
  ...pronounPhrase('er'),
  english: () => 'who',
  german: () => 'wer',
};

const withoutPlace = (clause: Clause): Clause => ({ ...clause, place: undefined, companion: undefined });

export const describe: Sentence = (chance) => {
  const noun = chance.pick(nouns.filter(({ kinds }) => !kinds.includes('kin')));
  const adjective = maybeAdjective(chance, noun, 1) ?? { english: 'good', german: 'gut' };
  const isPlural = !noun.kinds.includes('mass') && chance.happens(0.35);
  const kind = chance.pick(['definite', 'this'] as const);
  const subject = nounPhrase(noun, isPlural ? 'plural' : 'singular', { kind }, null);
  const [english, german] = chance.pick([
    ['', ''],
    ['very ', 'sehr '],
    ['not ', 'nicht '],
    ['too ', 'zu '],
  ] as const);
  const isPast = chance.happens(0.3);
  const [is, ist] = [
    (isPast ? wasOrWere : be)(subject.person),
    auxiliaries[isPast ? 'war' : 'sein'][subject.person],
  ];
  const predicate: Both = {
    english: `${english}${adjective.english}`,
    german: `${german}${adjective.german}`,
  };
  const [who, wer] = [subject.english('subject'), subject.german('nom')];
  return chance.happens(0.25)
    ? sentence(`${is} ${who} ${predicate.english}`, `${ist} ${wer} ${predicate.german}`, '?')
    : sentence(`${who} ${is} ${predicate.english}`, `${wer} ${ist} ${predicate.german}`);
};

export const compare: Sentence = (chance) => {
  const [german, english, kind] = chance.pick(comparatives);
  const [left, right] = chance
    .pickSome(
      nouns.filter(({ kinds }) => kinds.includes(kind) && !kinds.includes('kin')),
      2,
    )
    .map((noun) =>
      nounPhrase(noun, 'singular', { kind: 'definite' }, maybeAdjective(chance, noun, 0.25)),
    ) as [NounPhrase, NounPhrase];
  const subject = kind === 'person' && chance.happens(0.5) ? somebody(chance) : left;
  const other = kind === 'person' && chance.happens(0.3) ? namePhrase(chance) : right;
  if (subject.german('nom') === other.german('nom')) return compare(chance);
  return sentence(
    `${subject.english('subject')} ${be(subject.person)} ${english} than ${other.english('object')}`,
    `${subject.german('nom')} ${auxiliaries.sein[subject.person]} ${german} als ${other.german('nom')}`,
  );
};

export const belongs: Sentence = (chance) => {
  const noun = chance.pick(nouns.filter(({ kinds }) => kinds.includes('thing') || kinds.includes('clothes')));
  const isPlural = chance.happens(0.3);
  const kind = chance.pick(['definite', 'this'] as const);
  const adjective = maybeAdjective(chance, noun, 0.3);
  const subject = nounPhrase(noun, isPlural ? 'plural' : 'singular', { kind }, adjective);
  const owner = otherPerson(chance, subject, false);
  const [who, wer, whom] = [subject.english('subject'), subject.german('nom'), owner.german('dat')];
  const gehört = isPlural ? 'gehören' : 'gehört';
  if (chance.happens(0.3))
    return sentence(
      `${isPlural ? 'do' : 'does'} ${who} belong to ${owner.english('object')}`,
      `${gehört} ${wer} ${whom}`,
      '?',
    );
  return sentence(
    `${who} belong${isPlural ? '' : 's'} to ${owner.english('object')}`,
    `${wer} ${gehört} ${whom}`,
  );
};

export const thereIs: Sentence = (chance) => {
  const kinds = ['person', 'animal', 'furniture', 'plant', 'thing'];
  const noun = chance.pick(
    nouns.filter((noun) => noun.kinds.some((kind) => kinds.includes(kind)) && !noun.kinds.includes('kin')),
  );
  const isPlural = chance.happens(0.5);
  const determiner =
    isPlural && chance.happens(0.7) ? ({ kind: 'count', ...chance.pick(counts) } as const) : null;
  const isNegated = determiner === null && chance.happens(0.35);
  const what = nounPhrase(
    noun,
    isPlural ? 'plural' : 'singular',
    determiner ?? { kind: 'indefinite' },
    maybeAdjective(chance, noun, 0.5),
  );
  const place = chance.pick(locations.filter(({ english }) => english !== 'at home'));
  const english = `${what.english('object', isNegated)} ${place.english}`;
  const german = `${what.german('nom', isNegated)} ${place.german}`;
  const is = isPlural ? 'are' : 'is';
  const ist = isPlural ? 'sind' : 'ist';
  return chance.happens(0.3) && !isNegated
    ? sentence(`${is} there ${english}`, `${ist} ${german}`, '?')
    : sentence(
        `there ${is}${isNegated ? ' not' : ''} ${english}`,
        `${capital(place.german)} ${ist} ${what.german('nom', isNegated)}`,
      );
};

export const order: Sentence = (chance) => {
  const verb = actionVerb(chance);
  const isNegated = chance.happens(0.2);
  const clause = makeClause(chance, {
    subject: pronounPhrase('du'),
    verb,
    tense: 'habit',
    isNegated,
    isTimeless: true,
  });
  const isPolite = !isNegated && chance.happens(0.5);
  const english = `${isNegated ? 'do not ' : isPolite ? 'please ' : ''}${englishInfinitive(clause)}`;
  return sentence(english, germanOrder(clause, isPolite ? 'bitte' : ''), isPolite ? '.' : '!');
};

/** somebody is hungry; is it raining? */
export const state: Sentence = (chance) => {
  const isPast = chance.happens(0.4);
  const proposition = chance.happens(0.85)
    ? stateProposition(chance, somebody(chance), isPast)
    : weatherProposition(chance, isPast);
  return chance.happens(0.35)
    ? sentence(proposition.englishQuestion(), proposition.germanInverted(), '?')
    : sentence(proposition.english(), proposition.german());
};
