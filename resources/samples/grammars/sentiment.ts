// Sentences that praise or complain, with their label. Negation turns good words into complaints and bad words
// into praise, and contrast puts both into one sentence, so counting words is not enough: the whole must be read.

import { chanceFrom, distinct, type Chance } from './random.ts';
import { domains, type Domain, type Label, type Side } from './sentiment-domains.ts';

export interface LabelledSentence {
  readonly text: string;
  readonly label: Label;
}

/** Different sentences in a random order, half of them with each label. */
export function sentimentRows(seed: number, count: number): LabelledSentence[] {
  const chance = chanceFrom(seed);
  const of = (label: Label, rows: number): LabelledSentence[] =>
    distinct(
      rows,
      ({ text }) => [text],
      () => ({ text: textOf(chance, label), label }),
    );
  const rows = [...of('positive', Math.ceil(count / 2)), ...of('negative', Math.floor(count / 2))];
  return chance.pickSome(rows, count);
}

function textOf(chance: Chance, label: Label): string {
  const text = chance.pick(FORMS)({ chance, label, domain: chance.pick(domains) });
  const marked = chance.happens(0.08) ? `${text}!` : `${text}.`;
  return `${marked.charAt(0).toUpperCase()}${marked.slice(1)}`;
}

interface Talk {
  readonly chance: Chance;
  readonly label: Label;
  readonly domain: Domain;
}

const opposite = (label: Label): Label => (label === 'positive' ? 'negative' : 'positive');
const other = (talk: Talk): Talk => ({ ...talk, label: opposite(talk.label) });

/** the film, this film. */
function thing({ chance, domain }: Talk): string {
  return `${chance.pick(['the', 'this', 'this'])} ${chance.pick(domain.things)}`;
}

function side({ chance, domain }: Talk): Side {
  return chance.pick(domain.sides);
}

const was = ({ isPlural }: Side): string => (isPlural ? 'were' : 'was');

/** One side of a thing, said plainly or by denying the opposite. */
function remark(talk: Talk, about: Side = side(talk)): string {
  const { chance, label } = talk;
  const good = chance.pick(about[label]);
  const bad = chance.pick(about[opposite(label)]);
  const isSimple = !/^(far|much|very|too|just|full|empty)/.test(bad);
  const name = `the ${about.name}`;
  const choices = [
    `${name} ${was(about)} ${good}`,
    `${name} ${was(about)} ${good}`,
    `${name} ${was(about)} really ${good}`.replace(/really (far|much|very|too|just|full|empty)/, '$1'),
    `I found ${name} ${good}`,
  ];
  if (isSimple) choices.push(`${name} ${was(about)} not ${bad} at all`, `${name} ${was(about)} never ${bad}`);
  if (isSimple && label === 'positive') choices.push(`${name} ${was(about)} anything but ${bad}`);
  if (isSimple && label === 'negative') choices.push(`${name} ${was(about)} far from ${bad}`);
  return chance.pick(choices);
}

const verdict = ({ chance, label, domain }: Talk): string => chance.pick(domain.verdicts[label]);
const event = ({ chance, label, domain }: Talk): string => chance.pick(domain.events[label]);

function twoSides(talk: Talk): [Side, Side] {
  return talk.chance.pickSome(talk.domain.sides, 2) as [Side, Side];
}

type Form = (talk: Talk) => string;

const both: Form = (talk) => {
  const [first, second] = twoSides(talk);
  return `${remark(talk, first)} and ${remark(talk, second)}`;
};

const because: Form = (talk) => `${verdict(talk)}, because ${remark(talk)}`;

/** What speaks for the other label comes first; the verdict decides. */
const contrast: Form = (talk) =>
  talk.chance.pick([
    () => `${remark(other(talk))}, but ${verdict(talk)}`,
    () => `${event(other(talk))}, but ${verdict(talk)} all the same`,
    () => `although ${remark(other(talk))}, ${verdict(talk)}`,
    () => `${verdict(talk)}, although ${remark(other(talk))}`,
    () => `even if ${remark(other(talk))}, ${verdict(talk)}`,
  ])();

const expectation: Form = (talk) => {
  const about = side(talk);
  const hoped = talk.chance.pick(about[opposite(talk.label)]);
  const found = talk.chance.pick(about[talk.label]);
  const verb = talk.label === 'positive' ? 'feared' : 'hoped';
  return talk.chance.pick([
    `I ${verb} that the ${about.name} would be ${hoped}, but ${about.isPlural ? 'they were' : 'it was'} ${found}`,
    `I had expected the ${about.name} to be ${hoped}; in fact ${about.isPlural ? 'they were' : 'it was'} ${found}`,
    `everybody told me that the ${about.name} ${was(about)} ${hoped}, which is simply not true`,
  ]);
};

const OTHERS = ['my sister', 'my friends', 'the newspapers', 'our neighbours', 'most people'];

const againstOthers: Form = (talk) => {
  const who = talk.chance.pick(OTHERS);
  const isSingle = who === 'my sister';
  const [praise, blame] = isSingle ? ['praises', 'complains about'] : ['praise', 'complain about'];
  const does = talk.label === 'positive' ? blame : praise;
  return `${who} ${does} ${thing(talk)}, but ${verdict(talk)}`;
};

const PRAISE = [
  'there was nothing about THING that I did not like',
  'THING could not have been better',
  'nobody should miss THING',
  'do not let the low price fool you: THING is wonderful',
  'I have no complaints about THING',
  'it is hard to find a fault in THING',
  'THING did not disappoint me',
  'I had never enjoyed a KIND so much',
  'THING is better than all the others I know',
  'what a lovely KIND',
  'I was wrong to doubt THING',
];

const BLAME = [
  'there was nothing about THING that I liked',
  'THING could not have been worse',
  'nobody needs THING',
  'do not let the pretty pictures fool you: THING is awful',
  'I have no kind words for THING',
  'it is hard to find anything good in THING',
  'THING did not please me',
  'I had never been so unhappy with a KIND',
  'THING is worse than all the others I know',
  'what a terrible KIND',
  'I was wrong to trust the praise for THING',
];

const wholeThing: Form = (talk) => {
  const kind = talk.chance.pick(talk.domain.things);
  return talk.chance
    .pick(talk.label === 'positive' ? PRAISE : BLAME)
    .replace('THING', `${talk.chance.pick(['the', 'this'])} ${kind}`)
    .replace('KIND', kind);
};

const wholeAndSide: Form = (talk) => `${wholeThing(talk)}, and ${remark(talk)}`;

const notOnly: Form = (talk) => {
  const about = side(talk);
  const [first, second] = talk.chance.pickSome(about[talk.label], 2);
  return talk.chance.pick([
    `the ${about.name} ${was(about)} not only ${first} but also ${second}`,
    `the ${about.name} ${was(about)} ${first} and, what is more, ${second}`,
    `the ${about.name} ${was(about)} neither ${about[opposite(talk.label)].slice(0, 2).join(' nor ')}`,
  ]);
};

const happening: Form = (talk) =>
  talk.chance.pick([
    () => `${event(talk)}, and ${verdict(talk)}`,
    () => `${event(talk)}, and ${remark(talk)}`,
    () => `${remark(talk)}, ${event(talk)}, and ${verdict(talk)}`,
    () => `nobody would guess it from outside, but ${remark(talk)}`,
    () => `as for ${thing(talk)}, ${verdict(talk)}`,
  ])();

const FORMS: readonly Form[] = [
  remark,
  both,
  both,
  because,
  because,
  contrast,
  contrast,
  contrast,
  contrast,
  expectation,
  expectation,
  againstOthers,
  wholeThing,
  wholeAndSide,
  notOnly,
  happening,
  happening,
];
