// What the palette finds: every word must occur, words that begin something count more, short names come first.

export interface Findable {
  readonly label: string;
  /** More words to be found by, not shown first. */
  readonly more?: string | undefined;
}

/** How well a thing answers; 0 means that it does not. */
export function matchScore({ label, more = '' }: Findable, query: string): number {
  const text = label.toLowerCase();
  const rest = more.toLowerCase();
  let score = 1;
  for (const word of query.toLowerCase().split(/\s+/).filter(Boolean)) {
    const at = text.indexOf(word);
    if (at === 0) score += 8;
    else if (at > 0 && /[\s\-_@·]/.test(text[at - 1]!)) score += 5;
    else if (at > 0) score += 2;
    else if (rest.includes(word)) score += 1;
    else return 0;
  }
  return score + 1 / (1 + text.length);
}

/** The best answers, best first; all in their order where nothing is asked. */
export function findBest<T extends Findable>(things: readonly T[], query: string, limit: number): T[] {
  if (query.trim() === '') return things.slice(0, limit);
  return things
    .map((thing) => ({ thing, score: matchScore(thing, query) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, limit)
    .map(({ thing }) => thing);
}
