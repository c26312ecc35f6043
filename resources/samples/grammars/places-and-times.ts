// Fixed phrases of place and time of the English-German sample. German `in` and its like take the dative for
// where something is (im Garten) and the accusative for where something goes (in den Garten).

import type { Both, Tense } from './clauses.ts';

const both = (line: string): Both => {
  const [english = '', german = ''] = line.split('|');
  return { english, german };
};
const list = (lines: string): Both[] => lines.trim().split('\n').map(both);

/** Where people are. */
export const locations = list(`
in the garden|im Garten
in the kitchen|in der Küche
at the station|am Bahnhof
at school|in der Schule
in the park|im Park
at the market|auf dem Markt
at the lake|am See
in the forest|im Wald
at home|zu Hause
in the library|in der Bibliothek
in the office|im Büro
on the beach|am Strand
in the village|im Dorf
at the theatre|im Theater
in the hospital|im Krankenhaus
at the airport|am Flughafen
in the big hall|in der großen Halle
under the old tree|unter dem alten Baum
in front of the house|vor dem Haus
behind the church|hinter der Kirche
next to the window|neben dem Fenster
on the bridge|auf der Brücke
in our street|in unserer Straße
at the door|an der Tür
`);

/** Where people live. */
export const homes = list(`
in Berlin|in Berlin
in Vienna|in Wien
in Munich|in München
in Hamburg|in Hamburg
in the city|in der Stadt
in a small village|in einem kleinen Dorf
in the country|auf dem Land
by the sea|am Meer
in a yellow house|in einem gelben Haus
above the bakery|über der Bäckerei
opposite the school|gegenüber der Schule
near the station|in der Nähe des Bahnhofs
in this street|in dieser Straße
on an island|auf einer Insel
`);

/** Where people walk to. */
export const nearGoals = list(`
into the garden|in den Garten
into the kitchen|in die Küche
to the station|zum Bahnhof
to school|in die Schule
to the park|in den Park
to the market|auf den Markt
to the lake|an den See
into the forest|in den Wald
home|nach Hause
to the library|in die Bibliothek
to the office|ins Büro
to the doctor|zum Arzt
to the bakery|zur Bäckerei
to the door|zur Tür
over the bridge|über die Brücke
through the park|durch den Park
to the theatre|ins Theater
into the cellar|in den Keller
to the church|zur Kirche
`);

/** Where people travel to. */
export const farGoals = list(`
to Berlin|nach Berlin
to Vienna|nach Wien
to Munich|nach München
to Italy|nach Italien
to the sea|ans Meer
to the mountains|in die Berge
to the city|in die Stadt
to the south|in den Süden
to the airport|zum Flughafen
to the village|ins Dorf
to Switzerland|in die Schweiz
`);

const today = list(`
today|heute
tonight|heute Abend
this afternoon|heute Nachmittag
`);

const later = list(`
tomorrow|morgen
next week|nächste Woche
tonight|heute Abend
on Friday|am Freitag
next month|nächsten Monat
in two hours|in zwei Stunden
tomorrow morning|morgen früh
on Saturday|am Samstag
`);

const times: Record<'habit' | 'now' | 'past' | 'later', Both[]> = {
  habit: list(`
every day|jeden Tag
on Sundays|sonntags
in the morning|am Morgen
every week|jede Woche
in the evening|am Abend
in summer|im Sommer
in winter|im Winter
every Monday|jeden Montag
at night|in der Nacht
after school|nach der Schule
`),
  now: [
    ...today.slice(0, 1),
    ...list(`
now|jetzt
at the moment|im Moment
just now|gerade
`),
  ],
  past: list(`
yesterday|gestern
last week|letzte Woche
on Monday|am Montag
last year|letztes Jahr
this morning|heute Morgen
two days ago|vor zwei Tagen
yesterday evening|gestern Abend
last month|letzten Monat
an hour ago|vor einer Stunde
on Wednesday|am Mittwoch
before lunch|vor dem Mittagessen
last summer|letzten Sommer
`),
  later: [...later, ...today.slice(2)],
};

/** The times that fit a tense. */
export function timesFor(tense: Tense): readonly Both[] {
  if (tense === 'habit' || tense === 'now' || tense === 'past') return times[tense];
  return times.later;
}

export const frequencies = list(`
often|oft
always|immer
sometimes|manchmal
never|nie
rarely|selten
usually|normalerweise
`);
