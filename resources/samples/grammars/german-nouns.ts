// The nouns of the English-German sample, and how German bends articles, adjectives and nouns. A line of the
// list: gender, German singular, German plural, English singular, English plural, kinds. Masculine nouns marked
// `weak` take their plural form in every case but the nominative; `single` ones are had once.

export type Gender = 'm' | 'f' | 'n';
export type Case = 'nom' | 'acc' | 'dat';
export type GrammaticalNumber = 'singular' | 'plural';

export interface Noun {
  readonly gender: Gender;
  readonly german: string;
  readonly germanPlural: string;
  readonly english: string;
  readonly englishPlural: string;
  readonly kinds: readonly string[];
}

const NOUN_LINES = `
m Mann Männer man men person grown
f Frau Frauen woman women person grown
n Kind Kinder child children person child
m Junge Jungen boy boys person weak child
n Mädchen Mädchen girl girls person child
m Lehrer Lehrer teacher teachers person grown
m Arzt Ärzte doctor doctors person grown
m Nachbar Nachbarn neighbour neighbours person weak grown
m Freund Freunde friend friends person kin grown
f Schwester Schwestern sister sisters person kin child
m Bruder Brüder brother brothers person kin child
f Mutter Mütter mother mothers person kin single grown
m Vater Väter father fathers person kin single grown
f Tante Tanten aunt aunts person kin grown
m Onkel Onkel uncle uncles person kin grown
f Großmutter Großmütter grandmother grandmothers person kin single grown
m Student Studenten student students person weak grown
m Bäcker Bäcker baker bakers person grown
m Bauer Bauern farmer farmers person weak grown
m Koch Köche cook cooks person grown
f Königin Königinnen queen queens person grown
m Gast Gäste guest guests person grown
m Hund Hunde dog dogs animal
f Katze Katzen cat cats animal
n Pferd Pferde horse horses animal
m Vogel Vögel bird birds animal
f Kuh Kühe cow cows animal
f Maus Mäuse mouse mice animal
f Ente Enten duck ducks animal
m Hase Hasen hare hares animal weak
n Huhn Hühner chicken chickens animal
f Ziege Ziegen goat goats animal
m Apfel Äpfel apple apples food fruit
f Birne Birnen pear pears food fruit
f Orange Orangen orange oranges food fruit
f Tomate Tomaten tomato tomatoes food fruit
n Ei Eier egg eggs food dish
m Kuchen Kuchen cake cakes food cut
f Kartoffel Kartoffeln potato potatoes food dish
f Suppe Suppen soup soups food dish warm
n Brot - bread - food cut mass
m Käse - cheese - food cut mass
m Reis - rice - food dish mass
n Fleisch - meat - food dish cut mass
m Honig - honey - food mass
n Wasser - water - drink mass
f Milch - milk - drink mass
m Tee - tea - drink warm mass
m Kaffee - coffee - drink warm mass
m Saft - juice - drink mass
m Mantel Mäntel coat coats clothes
m Hut Hüte hat hats clothes
n Hemd Hemden shirt shirts clothes wash
n Kleid Kleider dress dresses clothes wash
f Jacke Jacken jacket jackets clothes wash
m Rock Röcke skirt skirts clothes wash
m Schal Schals scarf scarves clothes wash
n Buch Bücher book books text gift
m Brief Briefe letter letters text written
f Zeitung Zeitungen newspaper newspapers text
f Geschichte Geschichten story stories text written tale
n Gedicht Gedichte poem poems text written tale
n Fenster Fenster window windows opening
f Tür Türen door doors opening lock
f Kiste Kisten box boxes opening thing lock
m Koffer Koffer suitcase suitcases opening thing lock
f Flasche Flaschen bottle bottles opening thing
m Schrank Schränke cupboard cupboards opening furniture lock
n Fahrrad Fahrräder bicycle bicycles machine thing wash
n Auto Autos car cars machine wash thing lock
f Uhr Uhren clock clocks machine thing gift
n Radio Radios radio radios machine thing switch
f Lampe Lampen lamp lamps machine thing switch gift
m Schlüssel Schlüssel key keys thing small
m Ball Bälle ball balls thing small gift
f Tasche Taschen bag bags thing small
m Stift Stifte pen pens thing small
n Messer Messer knife knives thing small
m Löffel Löffel spoon spoons thing small
m Regenschirm Regenschirme umbrella umbrellas thing small
f Karte Karten map maps thing small
n Bild Bilder picture pictures thing gift
n Geschenk Geschenke present presents thing gift
f Puppe Puppen doll dolls thing small gift
n Zimmer Zimmer room rooms room
f Küche Küchen kitchen kitchens room
m Keller Keller cellar cellars room
n Haus Häuser house houses building lock
f Brücke Brücken bridge bridges building
n Boot Boote boat boats building
m Turm Türme tower towers building
f Mauer Mauern wall walls building
f Blume Blumen flower flowers plant gift blossom
m Baum Bäume tree trees plant
f Rose Rosen rose roses plant gift blossom
m Tisch Tische table tables furniture
m Stuhl Stühle chair chairs furniture
`;

export const nouns: readonly Noun[] = NOUN_LINES.trim()
  .split('\n')
  .map((line) => {
    const [gender, german = '', germanPlural = '', english = '', englishPlural = '', ...kinds] =
      line.split(' ');
    return { gender: gender as Gender, german, germanPlural, english, englishPlural, kinds };
  });

/** The form of a noun; all but those in -n and -s add -n in the dative plural. */
export function germanNoun(noun: Noun, number: GrammaticalNumber, grammaticalCase: Case): string {
  const { german, germanPlural, kinds } = noun;
  if (number === 'plural')
    return grammaticalCase === 'dat' && !/[ns]$/.test(germanPlural) ? `${germanPlural}n` : germanPlural;
  return kinds.includes('weak') && grammaticalCase !== 'nom' ? germanPlural : german;
}

type Column = Gender | 'plural';

/** der, die, das: the endings of the definite article by case. */
const DEFINITE: Record<Case, Record<Column, string>> = {
  nom: { m: 'der', f: 'die', n: 'das', plural: 'die' },
  acc: { m: 'den', f: 'die', n: 'das', plural: 'die' },
  dat: { m: 'dem', f: 'der', n: 'dem', plural: 'den' },
};

/** What ein, kein and the possessives add to their stem. */
const EIN_ENDING: Record<Case, Record<Column, string>> = {
  nom: { m: '', f: 'e', n: '', plural: 'e' },
  acc: { m: 'en', f: 'e', n: '', plural: 'e' },
  dat: { m: 'em', f: 'er', n: 'em', plural: 'en' },
};

/** Adjective endings without an article, where the adjective itself must show the case. */
const STRONG: Record<Case, Record<Column, string>> = {
  nom: { m: 'er', f: 'e', n: 'es', plural: 'e' },
  acc: { m: 'en', f: 'e', n: 'es', plural: 'e' },
  dat: { m: 'em', f: 'er', n: 'em', plural: 'en' },
};

/** The article or relative pronoun; as a relative pronoun the dative plural is `denen`. */
export function definite(column: Column, grammaticalCase: Case): string {
  return DEFINITE[grammaticalCase][column];
}

/** `dieser`, `diese`, `dieses` … */
export function demonstrative(column: Column, grammaticalCase: Case): string {
  return `dies${STRONG[grammaticalCase][column]}`;
}

/** ein, kein, mein …; `euer` loses its second e before an ending. */
export function einWord(stem: string, column: Column, grammaticalCase: Case): string {
  const ending = EIN_ENDING[grammaticalCase][column];
  return stem === 'euer' && ending ? `eur${ending}` : `${stem}${ending}`;
}

/** How an adjective ends after `der` (weak), after `ein` (mixed) or after nothing (strong). */
export function adjectiveEnding(
  after: 'der' | 'ein' | 'nothing',
  column: Column,
  grammaticalCase: Case,
): string {
  if (after === 'nothing') return STRONG[grammaticalCase][column];
  if (column === 'plural' || grammaticalCase === 'dat') return 'en';
  if (grammaticalCase === 'acc' && column === 'm') return 'en';
  return after === 'der' ? 'e' : STRONG[grammaticalCase][column];
}
