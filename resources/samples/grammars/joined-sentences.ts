// Sentences of two clauses, in both languages: reasons, conditions, reports, relative clauses, `and`, `but`, and
// infinitives with `zu`.

import {
  be,
  englishInfinitive,
  englishPredicate,
  englishStatement,
  germanRelative,
  germanStatement,
  germanSubordinate,
  germanZu,
  wasOrWere,
  type Both,
  type Clause,
  type Tense,
} from './clauses.ts';
import { makeClause, somebody } from './clause-maker.ts';
import { definite, nouns } from './german-nouns.ts';
import { auxiliaries, verbs } from './german-verbs.ts';
import { maybeAdjective, nounPhrase, pronounPhrase, type NounPhrase, type Person } from './noun-phrases.ts';
import { clauseProposition, stateProposition, weatherProposition, type Proposition } from './propositions.ts';
import type { Chance } from './random.ts';
import { actionVerb, sentence, timedVerb, type Pair, type Sentence } from './sentence.ts';

/** The subject again, as a pronoun where that is clear. */
function again(chance: Chance, subject: NounPhrase): NounPhrase {
  return subject.pronoun !== null ? pronounPhrase(subject.pronoun) : somebody(chance);
}

/** A conjunction, and both orders: the subordinate clause last, or first with the main verb right after it. */
function joined(
  chance: Chance,
  main: Proposition,
  sub: Proposition,
  [english, german]: [string, string],
): Pair {
  return chance.happens(0.6)
    ? sentence(
        `${main.english()} ${english} ${sub.english()}`,
        `${main.german()}, ${sub.germanSubordinate(german)}`,
      )
    : sentence(
        `${english} ${sub.english()}, ${main.english()}`,
        `${sub.germanSubordinate(german)}, ${main.germanInverted()}`,
      );
}

export const because: Sentence = (chance) => {
  const isPast = chance.happens(0.5);
  const tense: Tense = isPast
    ? 'past'
    : chance.pick(['habit', 'now', 'können', 'müssen', 'wollen', 'möchten']);
  const clause = makeClause(chance, { verb: timedVerb(chance), tense, isTimeless: chance.happens(0.6) });
  const draw = chance.below(3);
  const subject = again(chance, clause.subject);
  const reason =
    draw === 0
      ? weatherProposition(chance, isPast)
      : draw === 1
        ? stateProposition(chance, subject, isPast)
        : clauseProposition(
            makeClause(chance, { subject, tense: isPast ? 'past' : 'müssen', verb: timedVerb(chance) }),
          );
  const link = chance.pick<[string, string]>([
    ['because', 'weil'],
    ['although', 'obwohl'],
  ]);
  // The main clause stays first: only there does the name come before its pronoun.
  return sentence(
    `${englishStatement(clause)} ${link[0]} ${reason.english()}`,
    `${germanStatement(clause)}, ${reason.germanSubordinate(link[1])}`,
  );
};

export const whenever: Sentence = (chance) => {
  const clause = makeClause(chance, { verb: timedVerb(chance), tense: 'habit', isTimeless: true });
  const subject = somebody(chance);
  const condition = chance.happens(0.5)
    ? weatherProposition(chance, false)
    : stateProposition(chance, subject, false);
  return joined(chance, clauseProposition(clause), condition, ['if', 'wenn']);
};

export const meanwhile: Sentence = (chance) => {
  const tense = chance.pick(['now', 'past'] as const);
  const [main, sub] = [0, 1].map(() =>
    clauseProposition(
      makeClause(chance, { verb: timedVerb(chance), tense, isTimeless: true, isNegated: false }),
    ),
  ) as [Proposition, Proposition];
  return joined(chance, main, sub, ['while', 'während']);
};

export const before: Sentence = (chance) => {
  const tense = chance.pick(['habit', 'past'] as const);
  const first = makeClause(chance, { verb: timedVerb(chance), tense, isTimeless: true, isNegated: false });
  const subject = again(chance, first.subject);
  const second = makeClause(chance, {
    subject,
    verb: timedVerb(chance),
    tense,
    isTimeless: true,
    isNegated: false,
  });
  return sentence(
    `${englishStatement(first)} before ${englishStatement(second)}`,
    `${germanStatement(first)}, ${germanSubordinate(second, 'bevor')}`,
  );
};

const SAYINGS: readonly Both[] = [
  ['I know that', 'ich weiß, dass'],
  ['I think that', 'ich glaube, dass'],
  ['we hope that', 'wir hoffen, dass'],
  ['Anna says that', 'Anna sagt, dass'],
  ['it is good that', 'es ist gut, dass'],
  ['I do not know whether', 'ich weiß nicht, ob'],
  ['do you know whether', 'weißt du, ob'],
  ['Paul asks whether', 'Paul fragt, ob'],
  ['I do not know why', 'ich weiß nicht, warum'],
  ['nobody knows why', 'niemand weiß, warum'],
  ['do you know when', 'weißt du, wann'],
  ['tell me why', 'sag mir, warum'],
].map(([english = '', german = '']) => ({ english, german }));

export const report: Sentence = (chance) => {
  const saying = chance.pick(SAYINGS);
  const isWhen = saying.german.endsWith('wann');
  const clause = makeClause(
    chance,
    isWhen ? { verb: timedVerb(chance), isTimeless: true, isNegated: false } : {},
  );
  return sentence(
    `${saying.english} ${englishStatement(clause)}`,
    germanSubordinate(clause, saying.german),
    saying.english.startsWith('do ') ? '?' : '.',
  );
};

/** The man who buys the bread is tired; the book that Anna is reading is new. */
export const relative: Sentence = (chance) => {
  const isPast = chance.happens(0.3);
  return chance.happens(0.5) ? subjectRelative(chance, isPast) : objectRelative(chance);
};

function headedSentence(head: NounPhrase, inner: Both, predicate: Both, isPast = false): Pair {
  const { person } = head;
  const english = `${head.english('subject')} ${inner.english} ${(isPast ? wasOrWere : be)(person)}`;
  const german = `${head.german('nom')}, ${inner.german}, ${auxiliaries[isPast ? 'war' : 'sein'][person]}`;
  return sentence(`${english} ${predicate.english}`, `${german} ${predicate.german}`);
}

const PERSON_PREDICATES: readonly Both[] = [
  { english: 'tired', german: 'müde' },
  { english: 'very old', german: 'sehr alt' },
  { english: 'ill', german: 'krank' },
  { english: 'friendly', german: 'freundlich' },
  { english: 'clever', german: 'klug' },
  { english: 'at home', german: 'zu Hause' },
  { english: 'in the garden', german: 'im Garten' },
  { english: 'happy', german: 'glücklich' },
];

function subjectRelative(chance: Chance, isPast: boolean): Pair {
  const noun = chance.pick(nouns.filter(({ kinds }) => kinds.includes('person') && !kinds.includes('kin')));
  const number = chance.happens(0.3) ? 'plural' : 'singular';
  const head = nounPhrase(noun, number, { kind: 'definite' }, maybeAdjective(chance, noun, 0.2));
  const clause = makeClause(chance, {
    subject: head,
    tense: isPast ? 'past' : 'habit',
    verb: timedVerb(chance),
  });
  const pronoun = definite(head.relative?.column ?? 'm', 'nom');
  return headedSentence(
    head,
    { english: `who ${englishPredicate(clause)}`, german: germanRelative(clause, pronoun) },
    chance.pick(PERSON_PREDICATES),
  );
}

function objectRelative(chance: Chance): Pair {
  const verb = chance.pick(verbs.filter(({ frame, kinds }) => frame === 'acc' && !kinds.includes('person')));
  const noun = chance.pick(nouns.filter(({ kinds }) => kinds.some((kind) => verb.kinds.includes(kind))));
  const isPlural = !noun.kinds.includes('mass') && chance.happens(0.3);
  const head = nounPhrase(noun, isPlural ? 'plural' : 'singular', { kind: 'definite' }, null);
  const adjective = maybeAdjective(chance, noun, 1);
  const clause = makeClause(chance, { verb, isNegated: false });
  const pronoun = definite(head.relative?.column ?? 'm', 'acc');
  const bare: Clause = { ...clause, object: undefined, companion: undefined };
  return headedSentence(
    head,
    { english: `that ${englishStatement(bare)}`, german: germanSubordinate(bare, pronoun) },
    adjective ?? { english: 'good', german: 'gut' },
  );
}

export const both: Sentence = (chance) => {
  const [english, german] = chance.pick([
    ['and', ' und'],
    [', but', ', aber'],
  ] as const);
  const tense = chance.pick(['habit', 'now', 'past', 'future', 'wollen'] as const);
  const [left, right] = [0, 1].map(() =>
    makeClause(chance, { verb: timedVerb(chance), tense, isTimeless: chance.happens(0.7) }),
  ) as [Clause, Clause];
  const link = english.startsWith(',') ? english : ` ${english}`;
  return sentence(
    `${englishStatement(left)}${link} ${englishStatement(right)}`,
    `${germanStatement(left)}${german} ${germanStatement(right)}`,
  );
};

/** try to, forget to, have no time to: infinitives with `zu`; `um … zu` for a purpose. */
export const toDo: Sentence = (chance) => {
  const subject = somebody(chance);
  const { person } = subject;
  const isThird = ['er', 'sie', 'es'].includes(person);
  const verb = actionVerb(chance);
  const clause = makeClause(chance, { subject, verb, tense: 'habit', isNegated: false, isTimeless: true });
  const [english, german] = chance.pick<[string, string]>([
    [isThird ? 'tries to' : 'try to', present(person, 'versuche', 'versuchst', 'versucht', 'versuchen')],
    ['tried to', `${auxiliaries.haben[person]} versucht`],
    ['forgot to', `${auxiliaries.haben[person]} vergessen`],
    [isThird ? 'has no time to' : 'have no time to', `${auxiliaries.haben[person]} keine Zeit`],
    ['decided to', `${auxiliaries.haben[person]} beschlossen`],
    [isThird ? 'hopes to' : 'hope to', present(person, 'hoffe', 'hoffst', 'hofft', 'hoffen')],
    [
      `${be(person)} going to the city to`,
      `${present(person, 'gehe', 'gehst', 'geht', 'gehen')} in die Stadt, um`,
    ],
    ['came home to', `${auxiliaries.sein[person]} nach Hause gekommen, um`],
  ]);
  const purpose = german.endsWith(', um');
  return sentence(
    `${subject.english('subject')} ${english} ${englishInfinitive(clause)}`,
    `${subject.german('nom')} ${german}${purpose ? '' : ','} ${germanZu(clause)}`,
  );
};

function present(person: Person, ich: string, du: string, er: string, wir: string): string {
  if (person === 'ich') return ich;
  if (person === 'du') return du;
  if (person === 'wir' || person === 'sie-plural') return wir;
  return er;
}
