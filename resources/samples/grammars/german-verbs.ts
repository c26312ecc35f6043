// The verbs of the English-German sample and their forms in both languages. A line of the list:
//   German infinitive [du-form er-form du-imperative], participle | English base, past [ing-form] | frame
// Before `+` stands a separable prefix; `*` before a participle means it takes `sein`. English words after `_`
// follow the verb (get_up), those after `:` stand before its object (look:for). The frame says what the verb
// takes: `acc KINDS`, `dat`, `give KINDS`, `alone`, `place`, `near`, `far`; then flags after a comma (`stative` and `sudden`
// verbs are never going on just now).

import type { Person } from './noun-phrases.ts';

export interface Verb {
  readonly prefix: string;
  /** Without its separable prefix. */
  readonly infinitive: string;
  readonly second: string;
  readonly third: string;
  readonly imperative: string;
  readonly participle: string;
  readonly takesSein: boolean;
  readonly english: { base: string; past: string; ing: string; particle: string; preposition: string };
  readonly frame: 'acc' | 'dat' | 'give' | 'alone' | 'place' | 'near' | 'far';
  /** The kinds of nouns that it may act on. */
  readonly kinds: readonly string[];
  readonly flags: readonly string[];
}

const VERB_LINES = `
kaufen gekauft | buy bought | acc food clothes text thing furniture plant machine
verkaufen verkauft | sell sold | acc food clothes thing furniture machine
suchen gesucht | look:for looked | acc thing small clothes text animal person
finden gefunden | find found | acc small text clothes, sudden
verlieren verloren | lose lost | acc small, sudden
tragen trägst trägt trag getragen | wear wore | acc clothes
reparieren repariert | repair repaired | acc machine furniture
putzen geputzt | clean cleaned | acc opening room
malen gemalt | paint painted | acc animal plant building
zeichnen gezeichnet | draw drew | acc animal plant building person
lesen liest liest lies gelesen | read read | acc text
schreiben geschrieben | write wrote | acc written
verstehen verstanden | understand understood | acc tale text person, stative
öffnen geöffnet | open opened | acc opening
schließen geschlossen | close closed | acc opening
zählen gezählt | count counted | acc animal small plant, plural
essen isst isst iss gegessen | eat ate | acc food
trinken getrunken | drink drank | acc drink
kochen gekocht | cook cooked | acc dish
schneiden geschnitten | cut cut cutting | acc cut fruit
probieren probiert | taste tasted | acc food
waschen wäschst wäscht wasch gewaschen | wash washed | acc wash fruit
brauchen gebraucht | need needed | acc thing clothes furniture machine, stative
haben hast hat hab gehabt | have had | acc thing animal clothes machine kin, stative present
sehen siehst sieht sieh gesehen | see saw | acc person animal building thing, stative
kennen gekannt | know knew | acc person, stative present
lieben geliebt | love loved | acc person animal, stative present
besuchen besucht | visit visited | acc person
fragen gefragt | ask asked | acc person
treffen triffst trifft triff getroffen | meet met meeting | acc person
hören gehört | hear heard | acc animal person, stative
füttern gefüttert | feed fed | acc animal
fotografieren fotografiert | photograph photographed | acc person animal building
bauen gebaut | build built | acc building furniture
holen geholt | fetch fetched | acc thing drink furniture
vergessen vergisst vergisst vergiss vergessen | forget forgot forgetting | acc small text clothes, sudden
pflanzen gepflanzt | plant planted | acc plant
tragen trägst trägt trag getragen | carry carried | acc thing furniture
an+rufen angerufen | call called | acc person
ein+laden lädst lädt lade eingeladen | invite invited | acc person
ab+holen abgeholt | pick_up picked | acc person
mit+bringen mitgebracht | bring_along brought | acc thing drink text
auf+räumen aufgeräumt | tidy_up tidied | acc room
an+ziehen angezogen | put_on put putting | acc clothes
aus+ziehen ausgezogen | take_off took | acc clothes
weg+werfen wirfst wirft wirf weggeworfen | throw_away threw | acc small text
zu+machen zugemacht | shut shut shutting | acc opening
ein+packen eingepackt | pack packed | acc thing clothes
auf+hängen aufgehängt | hang_up hung | acc clothes
aus+leihen ausgeliehen | borrow borrowed | acc text thing
ein+schalten eingeschaltet | switch_on switched | acc switch
aus+schalten ausgeschaltet | switch_off switched | acc switch
ab+schließen abgeschlossen | lock locked | acc lock room
vor+lesen liest liest lies vorgelesen | read_out read | acc written
helfen hilfst hilft hilf geholfen | help helped | dat
danken dankst dankt danke gedankt | thank thanked | dat
folgen folgst folgt folge *gefolgt | follow followed | dat
antworten geantwortet | answer answered | dat
glauben geglaubt | believe believed | dat, stative
vertrauen vertraut | trust trusted | dat, stative present
gratulieren gratuliert | congratulate congratulated | dat
zu+hören zugehört | listen:to listened | dat
geben gibst gibt gib gegeben | give gave | give thing text drink small
zeigen gezeigt | show showed | give thing text animal building
schicken geschickt | send sent | give text gift
bringen gebracht | bring brought | give drink food text thing
leihen geliehen | lend lent | give thing text
schlafen schläfst schläft schlaf geschlafen | sleep slept | place, animals
arbeiten gearbeitet | work worked | place
warten gewartet | wait waited | place, animals
spielen gespielt | play played | place, animals
sitzen gesessen | sit sat sitting | place, animals
stehen gestanden | stand stood | place, animals
wohnen gewohnt | live lived | place, stative home
tanzen getanzt | dance danced | place
singen gesungen | sing sang | place
lachen gelacht | laugh laughed | alone
weinen weinst weint weine geweint | cry cried | alone
auf+stehen *aufgestanden | get_up got getting | alone
auf+wachen *aufgewacht | wake_up woke | alone, animals
ein+schlafen schläfst schläft schlaf *eingeschlafen | fall_asleep fell | alone, animals
ein+kaufen eingekauft | go_shopping went | alone
fern+sehen siehst sieht sieh ferngesehen | watch_television watched | alone
an+kommen *angekommen | arrive arrived | alone
zurück+kommen *zurückgekommen | come_back came | alone, animals
weg+laufen läufst läuft lauf *weggelaufen | run_away ran running | alone, animals
sich aus+ruhen ausgeruht | rest rested | alone, animals
sich beeilen beeilt | hurry hurried | alone
gehen *gegangen | go went | near
laufen läufst läuft lauf *gelaufen | run ran running | near, animals
fahren fährst fährt fahr *gefahren | drive drove | far
reisen *gereist | travel travelled | far
schwimmen *geschwommen | swim swam swimming | alone, animals
`;

export const verbs: readonly Verb[] = VERB_LINES.trim().split('\n').map(parseVerb);

function parseVerb(line: string): Verb {
  const [german = '', english = '', takes = ''] = line.split(' | ');
  const isReflexive = german.startsWith('sich ');
  const words = german.replace('sich ', '').split(' ');
  const [prefix, infinitive] = words[0]!.includes('+') ? words[0]!.split('+') : ['', words[0]];
  const participle = words.at(-1)!;
  const given = words.length === 5 ? words.slice(1, 4) : [];
  const [head = '', past = '', ing] = english.split(' ');
  const [base = '', particle = ''] = head.split(':')[0]!.split('_');
  const [frame, flags = ''] = takes.split(', ');
  const [frameName, ...kinds] = (frame ?? '').split(' ');
  const stem = stemOf(infinitive!);
  return {
    prefix: prefix!,
    infinitive: infinitive!,
    second: given[0] ?? secondPerson(stem),
    third: given[1] ?? `${stem}${needsE(stem) ? 'et' : 't'}`,
    imperative: given[2] ?? `${stem}${needsE(stem) || /(er|ier)n?$/.test(stem) ? 'e' : ''}`,
    participle: participle.replace('*', ''),
    takesSein: participle.startsWith('*'),
    english: { base, past, ing: ing ?? ingForm(base), particle, preposition: head.split(':')[1] ?? '' },
    frame: frameName as Verb['frame'],
    kinds,
    flags: [...flags.split(' '), ...(isReflexive ? ['reflexive'] : [])],
  };
}

/** kauf-en, fütter-n. */
function stemOf(infinitive: string): string {
  return infinitive.endsWith('ern') ? infinitive.slice(0, -1) : infinitive.slice(0, -2);
}

/** Stems that cannot be spoken with a bare -t: arbeit-, find-, öffn-, zeichn-. */
function needsE(stem: string): boolean {
  return /[td]$/.test(stem) || /[^aeiouäöülrhnm][nm]$/.test(stem) || stem === 'zeichn';
}

function secondPerson(stem: string): string {
  if (/[sßzx]$/.test(stem)) return `${stem}t`;
  return `${stem}${needsE(stem) ? 'est' : 'st'}`;
}

function ingForm(base: string): string {
  return /[^e]e$/.test(base) ? `${base.slice(0, -1)}ing` : `${base}ing`;
}

/** The present tense, without the prefix. */
export function present(verb: Verb, person: Person): string {
  const stem = stemOf(verb.infinitive);
  switch (person) {
    case 'ich':
      return `${stem}e`;
    case 'du':
      return verb.second;
    case 'ihr':
      return `${stem}${needsE(stem) ? 'et' : 't'}`;
    case 'wir':
    case 'sie-plural':
      return verb.infinitive;
    default:
      return verb.third;
  }
}

type Forms = Record<Person, string>;

const forms = (ich: string, du: string, er: string, wir: string, ihr: string): Forms => ({
  ich,
  du,
  er,
  sie: er,
  es: er,
  wir,
  ihr,
  'sie-plural': wir,
});

/** Auxiliaries and modals in the present, and the two pasts that are usual in speech. */
export const auxiliaries = {
  haben: forms('habe', 'hast', 'hat', 'haben', 'habt'),
  sein: forms('bin', 'bist', 'ist', 'sind', 'seid'),
  war: forms('war', 'warst', 'war', 'waren', 'wart'),
  hatte: forms('hatte', 'hattest', 'hatte', 'hatten', 'hattet'),
  werden: forms('werde', 'wirst', 'wird', 'werden', 'werdet'),
  können: forms('kann', 'kannst', 'kann', 'können', 'könnt'),
  müssen: forms('muss', 'musst', 'muss', 'müssen', 'müsst'),
  wollen: forms('will', 'willst', 'will', 'wollen', 'wollt'),
  dürfen: forms('darf', 'darfst', 'darf', 'dürfen', 'dürft'),
  möchten: forms('möchte', 'möchtest', 'möchte', 'möchten', 'möchtet'),
} as const satisfies Record<string, Forms>;

export const reflexives: Forms = { ...forms('mich', 'dich', 'sich', 'uns', 'euch'), 'sie-plural': 'sich' };

/** mit-gekauft, zu-zu-machen: the infinitive, and the infinitive with `zu`. */
export function infinitive(verb: Verb, withZu = false): string {
  if (!withZu) return `${verb.prefix}${verb.infinitive}`;
  return verb.prefix ? `${verb.prefix}zu${verb.infinitive}` : `zu ${verb.infinitive}`;
}

/** The third person of an English verb. */
export function englishThird(base: string): string {
  if (base === 'have') return 'has';
  if (/(s|sh|ch|x|o)$/.test(base)) return `${base}es`;
  return /[^aeiou]y$/.test(base) ? `${base.slice(0, -1)}ies` : `${base}s`;
}
