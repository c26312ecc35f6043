// The German of the English-German sample, held against forms written by hand (with a grammar book's tables) and
// against an agreement check of its own that reads every sentence of the file.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  englishInverted,
  englishStatement,
  germanInverted,
  germanOrder,
  germanStatement,
  germanSubordinate,
  germanZu,
  type Clause,
  type Tense,
} from '../../resources/samples/grammars/clauses.ts';
import { adjectives } from '../../resources/samples/grammars/german-adjectives.ts';
import { nouns } from '../../resources/samples/grammars/german-nouns.ts';
import { auxiliaries, infinitive, present, verbs } from '../../resources/samples/grammars/german-verbs.ts';
import {
  nounPhrase,
  pronounPhrase,
  type Determiner,
  type NounPhrase,
  type Person,
} from '../../resources/samples/grammars/noun-phrases.ts';

const PERSONS: Person[] = ['ich', 'du', 'er', 'wir', 'ihr', 'sie-plural'];

const verbOf = (german: string) => verbs.find((verb) => infinitive(verb) === german)!;
const nounOf = (german: string) => nouns.find((noun) => noun.german === german)!;
const adjectiveOf = (german: string) => adjectives.find((adjective) => adjective.german === german) ?? null;

// ich, du, er, wir, ihr, sie; er with his perfect; the infinitive with zu.
it.each([
  ['kaufen', 'kaufe kaufst kauft kaufen kauft kaufen', 'hat gekauft', 'zu kaufen'],
  ['arbeiten', 'arbeite arbeitest arbeitet arbeiten arbeitet arbeiten', 'hat gearbeitet', 'zu arbeiten'],
  ['öffnen', 'öffne öffnest öffnet öffnen öffnet öffnen', 'hat geöffnet', 'zu öffnen'],
  ['zeichnen', 'zeichne zeichnest zeichnet zeichnen zeichnet zeichnen', 'hat gezeichnet', 'zu zeichnen'],
  ['kennen', 'kenne kennst kennt kennen kennt kennen', 'hat gekannt', 'zu kennen'],
  ['wohnen', 'wohne wohnst wohnt wohnen wohnt wohnen', 'hat gewohnt', 'zu wohnen'],
  ['reisen', 'reise reist reist reisen reist reisen', 'ist gereist', 'zu reisen'],
  ['sitzen', 'sitze sitzt sitzt sitzen sitzt sitzen', 'hat gesessen', 'zu sitzen'],
  ['lesen', 'lese liest liest lesen lest lesen', 'hat gelesen', 'zu lesen'],
  ['essen', 'esse isst isst essen esst essen', 'hat gegessen', 'zu essen'],
  ['haben', 'habe hast hat haben habt haben', 'hat gehabt', 'zu haben'],
  ['füttern', 'füttere fütterst füttert füttern füttert füttern', 'hat gefüttert', 'zu füttern'],
  ['waschen', 'wasche wäschst wäscht waschen wascht waschen', 'hat gewaschen', 'zu waschen'],
  ['helfen', 'helfe hilfst hilft helfen helft helfen', 'hat geholfen', 'zu helfen'],
  ['fahren', 'fahre fährst fährt fahren fahrt fahren', 'ist gefahren', 'zu fahren'],
  [
    'antworten',
    'antworte antwortest antwortet antworten antwortet antworten',
    'hat geantwortet',
    'zu antworten',
  ],
  ['einladen', 'lade lädst lädt laden ladet laden', 'hat eingeladen', 'einzuladen'],
  ['aufstehen', 'stehe stehst steht stehen steht stehen', 'ist aufgestanden', 'aufzustehen'],
  ['zumachen', 'mache machst macht machen macht machen', 'hat zugemacht', 'zuzumachen'],
  ['fernsehen', 'sehe siehst sieht sehen seht sehen', 'hat ferngesehen', 'fernzusehen'],
  [
    'schneiden',
    'schneide schneidest schneidet schneiden schneidet schneiden',
    'hat geschnitten',
    'zu schneiden',
  ],
  ['vergessen', 'vergesse vergisst vergisst vergessen vergesst vergessen', 'hat vergessen', 'zu vergessen'],
  ['schließen', 'schließe schließt schließt schließen schließt schließen', 'hat geschlossen', 'zu schließen'],
] as [string, string, string, string][])('conjugates %s', (german, forms, perfect, withZu) => {
  const verb = verbOf(german);
  expect(PERSONS.map((person) => present(verb, person)).join(' ')).toBe(forms);
  expect(`${auxiliaries[verb.takesSein ? 'sein' : 'haben'].er} ${verb.participle}`).toBe(perfect);
  expect(infinitive(verb, true)).toBe(withZu);
});

const mine: Determiner = { kind: 'possessive', owner: 'ich' };
const yours: Determiner = { kind: 'possessive', owner: 'ihr' };
const the: Determiner = { kind: 'definite' };
const a: Determiner = { kind: 'indefinite' };
const three: Determiner = { kind: 'count', english: 'three', german: 'drei' };

// nominative / accusative / dative
it.each([
  ['Mann', 'singular', the, 'alt', 'der alte Mann / den alten Mann / dem alten Mann'],
  ['Mann', 'singular', a, 'alt', 'ein alter Mann / einen alten Mann / einem alten Mann'],
  ['Mann', 'plural', the, 'alt', 'die alten Männer / die alten Männer / den alten Männern'],
  ['Mann', 'plural', a, 'alt', 'alte Männer / alte Männer / alten Männern'],
  ['Frau', 'singular', mine, 'müde', 'meine müde Frau / meine müde Frau / meiner müden Frau'],
  ['Frau', 'plural', three, 'müde', 'drei müde Frauen / drei müde Frauen / drei müden Frauen'],
  ['Kind', 'singular', a, 'klein', 'ein kleines Kind / ein kleines Kind / einem kleinen Kind'],
  [
    'Kind',
    'singular',
    { kind: 'this' },
    'klein',
    'dieses kleine Kind / dieses kleine Kind / diesem kleinen Kind',
  ],
  ['Junge', 'singular', the, '', 'der Junge / den Jungen / dem Jungen'],
  ['Nachbar', 'singular', yours, '', 'euer Nachbar / euren Nachbarn / eurem Nachbarn'],
  ['Hase', 'singular', a, 'schwarz', 'ein schwarzer Hase / einen schwarzen Hasen / einem schwarzen Hasen'],
  ['Auto', 'plural', the, 'teuer', 'die teuren Autos / die teuren Autos / den teuren Autos'],
  ['Zimmer', 'singular', the, 'dunkel', 'das dunkle Zimmer / das dunkle Zimmer / dem dunklen Zimmer'],
  ['Tee', 'singular', a, 'heiß', 'heißer Tee / heißen Tee / heißem Tee'],
  ['Milch', 'singular', a, 'kalt', 'kalte Milch / kalte Milch / kalter Milch'],
  ['Brot', 'singular', a, 'frisch', 'frisches Brot / frisches Brot / frischem Brot'],
] as [string, 'singular' | 'plural', Determiner, string, string][])(
  'declines %s in the %s (%j, %s)',
  (noun, number, determiner, adjective, expected) => {
    const phrase = nounPhrase(nounOf(noun), number, determiner, adjectiveOf(adjective));
    expect((['nom', 'acc', 'dat'] as const).map((kase) => phrase.german(kase)).join(' / ')).toBe(expected);
  },
);

it('denies an indefinite thing with kein', () => {
  const coat = nounPhrase(nounOf('Mantel'), 'singular', a, adjectiveOf('neu'));
  expect([coat.german('acc', true), coat.english('object', true)]).toEqual([
    'keinen neuen Mantel',
    'a new coat',
  ]);
  const hats = nounPhrase(nounOf('Hut'), 'plural', a, adjectiveOf('alt'));
  expect([hats.german('acc', true), hats.english('object', true)]).toEqual([
    'keine alten Hüte',
    'any old hats',
  ]);
});

describe('clauses', () => {
  const anna: NounPhrase = {
    ...pronounPhrase('sie'),
    isPronoun: false,
    english: () => 'Anna',
    german: () => 'Anna',
  };
  const today = { english: 'today', german: 'heute' };
  const yesterday = { english: 'yesterday', german: 'gestern' };
  const window = nounPhrase(nounOf('Fenster'), 'singular', the, null);
  const clause = (german: string, tense: Tense, more: Partial<Clause> = {}): Clause => ({
    subject: anna,
    verb: verbOf(german),
    tense,
    isNegated: false,
    ...more,
  });
  const shut = clause('zumachen', 'now', { object: window, time: today });
  const gave = clause('geben', 'past', {
    indirect: nounPhrase(nounOf('Kind'), 'plural', the, null),
    object: nounPhrase(nounOf('Apfel'), 'singular', a, adjectiveOf('reif')),
    time: yesterday,
  });
  const not = { isNegated: true };

  it.each([
    [germanStatement(shut), 'Anna macht heute das Fenster zu'],
    [germanStatement(shut, 'time'), 'heute macht Anna das Fenster zu'],
    [germanInverted(shut), 'macht Anna heute das Fenster zu'],
    [germanSubordinate(shut, 'weil'), 'weil Anna heute das Fenster zumacht'],
    [germanZu({ ...shut, time: undefined }), 'das Fenster zuzumachen'],
    [germanOrder({ ...shut, time: undefined }, 'bitte'), 'mach bitte das Fenster zu'],
    [germanStatement({ ...shut, ...not }), 'Anna macht das Fenster heute nicht zu'],
    [germanStatement({ ...shut, tense: 'können' }), 'Anna kann heute das Fenster zumachen'],
    [germanSubordinate({ ...shut, tense: 'müssen' }, 'dass'), 'dass Anna heute das Fenster zumachen muss'],
    [germanStatement(gave), 'Anna hat den Kindern gestern einen reifen Apfel gegeben'],
    [germanStatement(gave, 'time'), 'gestern hat Anna den Kindern einen reifen Apfel gegeben'],
    [germanSubordinate(gave, 'ob'), 'ob Anna den Kindern gestern einen reifen Apfel gegeben hat'],
    [germanStatement({ ...gave, ...not }), 'Anna hat den Kindern gestern keinen reifen Apfel gegeben'],
    [germanStatement(clause('ausruhen', 'past', not)), 'Anna hat sich nicht ausgeruht'],
    [germanStatement(clause('aufstehen', 'past')), 'Anna ist aufgestanden'],
    [germanStatement(clause('folgen', 'past', { indirect: pronounPhrase('er') })), 'Anna ist ihm gefolgt'],
    [
      germanStatement(clause('einladen', 'future', { object: pronounPhrase('du') })),
      'Anna wird dich einladen',
    ],
    [germanInverted(clause('suchen', 'now'), 'was'), 'was sucht Anna'],
  ])('in German: %s', (made, expected) => expect(made).toBe(expected));

  it.each([
    [englishStatement(shut), 'Anna is shutting the window today'],
    [englishStatement({ ...shut, ...not }), 'Anna is not shutting the window today'],
    [englishInverted({ ...shut, tense: 'habit' }), 'does Anna shut the window today'],
    [englishStatement({ ...shut, tense: 'müssen', ...not }), 'Anna does not have to shut the window today'],
    [englishStatement({ ...shut, tense: 'müssen' }), 'Anna has to shut the window today'],
    [englishStatement({ ...shut, tense: 'können', ...not }), 'Anna cannot shut the window today'],
    [englishStatement(gave), 'Anna gave the children a ripe apple yesterday'],
    [englishInverted(clause('suchen', 'now'), 'what'), 'what is Anna looking for'],
    [englishStatement(clause('abholen', 'past', { object: pronounPhrase('er') })), 'Anna picked him up'],
    [englishStatement(clause('abholen', 'past', { object: window })), 'Anna picked up the window'],
  ])('in English: %s', (made, expected) => expect(made).toBe(expected));
});

// Gender, singular and plural of common words, from a dictionary and not from the grammar.
const DICTIONARY: Record<string, [article: 'der' | 'die' | 'das', plural: string]> = {
  Mann: ['der', 'Männer'],
  Frau: ['die', 'Frauen'],
  Kind: ['das', 'Kinder'],
  Lehrer: ['der', 'Lehrer'],
  Arzt: ['der', 'Ärzte'],
  Schwester: ['die', 'Schwestern'],
  Bruder: ['der', 'Brüder'],
  Hund: ['der', 'Hunde'],
  Katze: ['die', 'Katzen'],
  Pferd: ['das', 'Pferde'],
  Kuh: ['die', 'Kühe'],
  Maus: ['die', 'Mäuse'],
  Apfel: ['der', 'Äpfel'],
  Birne: ['die', 'Birnen'],
  Ei: ['das', 'Eier'],
  Kuchen: ['der', 'Kuchen'],
  Mantel: ['der', 'Mäntel'],
  Hemd: ['das', 'Hemden'],
  Kleid: ['das', 'Kleider'],
  Jacke: ['die', 'Jacken'],
  Buch: ['das', 'Bücher'],
  Brief: ['der', 'Briefe'],
  Zeitung: ['die', 'Zeitungen'],
  Tür: ['die', 'Türen'],
  Haus: ['das', 'Häuser'],
  Auto: ['das', 'Autos'],
  Uhr: ['die', 'Uhren'],
  Lampe: ['die', 'Lampen'],
  Schlüssel: ['der', 'Schlüssel'],
  Bild: ['das', 'Bilder'],
  Tisch: ['der', 'Tische'],
  Stuhl: ['der', 'Stühle'],
  Blume: ['die', 'Blumen'],
  Baum: ['der', 'Bäume'],
  Messer: ['das', 'Messer'],
  Küche: ['die', 'Küchen'],
};

// Which determiner may stand before which gender (or a plural), and which adjective ending follows it.
const SINGULAR_ENDINGS: Record<string, Record<string, string>> = {
  der: { der: 'e', den: 'en', dem: 'en', ein: 'er', einen: 'en', einem: 'en' },
  die: { die: 'e', der: 'en', eine: 'e', einer: 'en' },
  das: { das: 'e', dem: 'en', ein: 'es', einem: 'en' },
};
const PLURAL_ENDINGS: Record<string, string> = { die: 'en', den: 'en', eine: 'en', einen: 'en' };

/** mein, kein, unser … as ein; dies- as der; null for what is no determiner. */
function determinerKind(word: string): string | null {
  const lower = word.toLowerCase();
  if (/^(der|die|das|den|dem|eine?|einen|einem|einer)$/.test(lower)) return lower;
  const possessive = /^(?:mein|dein|sein|ihr|unser|euer|eur|kein)(e|en|em|er|)$/.exec(lower);
  if (possessive) return `ein${possessive[1]}`;
  const demonstrative = /^dies(er|e|es|en|em)$/.exec(lower)?.[1];
  if (demonstrative === undefined) return null;
  return { er: 'der', e: 'die', es: 'das', en: 'den', em: 'dem' }[demonstrative] ?? null;
}

/** What is wrong with determiner, adjective and noun; null when they agree. */
function disagreement(determiner: string, adjective: string | undefined, noun: string): string | null {
  const kind = determinerKind(determiner);
  if (kind === null) return null;
  const readings = Object.entries(DICTIONARY).flatMap(([singular, [article, plural]]) => {
    const found: string[] = [];
    if (noun === singular) found.push(...[SINGULAR_ENDINGS[article]![kind]].filter((e) => e !== undefined));
    const dative = /[ns]$/.test(plural) ? plural : `${plural}n`;
    if (noun === plural && ['die', 'eine'].includes(kind)) found.push(PLURAL_ENDINGS[kind]!);
    if (noun === dative && ['den', 'einen'].includes(kind)) found.push(PLURAL_ENDINGS[kind]!);
    return found;
  });
  if (readings.length === 0) return `${determiner} ${noun}`;
  if (adjective === undefined || readings.some((ending) => adjective.endsWith(ending))) return null;
  return `${determiner} ${adjective} ${noun}`;
}

describe('the pairs', () => {
  const pairs = readFileSync(new URL('../../resources/samples/english-german.tsv', import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split('\t') as [string, string]);
  const words = (text: string): string[] => text.replace(/[.,!?]/g, '').split(' ');
  const known = new Set(
    Object.entries(DICTIONARY).flatMap(([noun, [, plural]]) => [noun, plural, `${plural}n`]),
  );

  it('are 20,000, different on both sides, and end with the same mark', () => {
    expect(pairs).toHaveLength(20_000);
    expect(new Set(pairs.map(([english]) => english)).size).toBe(20_000);
    expect(new Set(pairs.map(([, german]) => german)).size).toBe(20_000);
    expect(pairs.filter(([english, german]) => english.at(-1) !== german.at(-1))).toEqual([]);
    expect(
      pairs.filter((pair) =>
        pair.some((text) => !/^[A-ZÄÖÜ][^\t]* ?[^ ]+[.?!]$/.test(text) || text.includes('  ')),
      ),
    ).toEqual([]);
  });

  it('agree in gender, number and case wherever a determiner meets a noun', () => {
    let checked = 0;
    const wrong = pairs.flatMap(([, german]) =>
      german.split(',').flatMap((part, partIndex) => {
        const row = words(part.trim());
        return row.flatMap((noun, i) => {
          if (!known.has(noun)) return [];
          const hasAdjective =
            /^[a-zäöüß]+(e|en|er|es|em)$/.test(row[i - 1] ?? '') && determinerKind(row[i - 1]!) === null;
          const at = i - (hasAdjective ? 2 : 1);
          const determiner = row[at] ?? '';
          // Relative pronouns begin a part, and `ihr` may be a pronoun too: der Mann, der ihr Bilder zeigt.
          if (determiner === 'ihr' || (partIndex > 0 && at === 0)) return [];
          if (determinerKind(determiner) === null) return [];
          checked++;
          const problem = disagreement(determiner, hasAdjective ? row[i - 1] : undefined, noun);
          return problem === null ? [] : [problem];
        });
      }),
    );
    expect(wrong).toEqual([]);
    expect(checked).toBeGreaterThan(5_000);
  });

  it('would not pass with a wrong article or ending', () => {
    expect(disagreement('der', undefined, 'Frau')).toBeNull();
    expect(disagreement('den', undefined, 'Frau')).not.toBeNull();
    expect(disagreement('einem', 'alter', 'Mann')).not.toBeNull();
    expect(disagreement('meine', 'rote', 'Bücher')).not.toBeNull();
    expect(disagreement('den', 'alten', 'Männer')).not.toBeNull();
  });

  it('make the verb follow a pronoun that begins the sentence', () => {
    const finite: Record<string, RegExp> = {
      Ich: /(e|bin|kann|muss|will|darf|war|weiß)$/,
      Du: /(st|isst|t)$/,
      Wir: /(n|sind)$/,
    };
    const wrong = pairs.filter(([, german]) => {
      const [first = '', second = ''] = words(german);
      return finite[first] !== undefined && !finite[first].test(second);
    });
    expect(wrong).toEqual([]);
  });

  it('end a last subordinate clause with its finite verb', () => {
    const clause = /, (?:weil|obwohl|dass|ob|wenn|während|bevor|warum|wann) [^,]*?(\S+)[.?]$/;
    const ends = pairs.map(([, german]) => clause.exec(german)?.[1]).filter((end) => end !== undefined);
    expect(ends.length).toBeGreaterThan(2_000);
    expect(ends.filter((end) => !/^[a-zäöüß]+(e|st|t|en|n|ss|nn|ll|rf|ar|ien|in|d|iss)$/.test(end))).toEqual(
      [],
    );
    const participles = new Set(verbs.map((verb) => verb.participle).filter((form) => form.startsWith('ge')));
    expect(ends.filter((end) => participles.has(end) && end !== 'gehört')).toEqual([]);
  });
});
