// Counts of n-grams and how two counts overlap: what BLEU, chrF and ROUGE have in common. Must not tokenize.

/** How often each n-gram occurs. */
export type NgramCounts = Map<string, number>;

/** Counts of the n-grams of words, which hold no white space. */
export function countWordNgrams(words: readonly string[], n: number): NgramCounts {
  const counts: NgramCounts = new Map();
  for (let i = 0; i + n <= words.length; i++) {
    const ngram = n === 1 ? words[i]! : words.slice(i, i + n).join(' ');
    counts.set(ngram, (counts.get(ngram) ?? 0) + 1);
  }
  return counts;
}

/** Counts of the n-grams of characters (code points) for n = 1 … `maxOrder`, in this order. */
export function countCharacterNgrams(text: string, maxOrder: number): NgramCounts[] {
  const starts: number[] = [];
  let end = 0;
  for (const character of text) {
    starts.push(end);
    end += character.length;
  }
  const count = starts.push(end) - 1;
  return Array.from({ length: maxOrder }, (_, index) => {
    const n = index + 1;
    const counts: NgramCounts = new Map();
    for (let i = 0; i + n <= count; i++) {
      const ngram = text.slice(starts[i], starts[i + n]);
      counts.set(ngram, (counts.get(ngram) ?? 0) + 1);
    }
    return counts;
  });
}

/** All occurrences together. */
export function totalCount(counts: NgramCounts): number {
  let total = 0;
  for (const count of counts.values()) total += count;
  return total;
}

/** Occurrences that two counts share: the sum of the smaller count of each n-gram. */
export function sharedCount(a: NgramCounts, b: NgramCounts): number {
  let shared = 0;
  for (const [ngram, count] of a) shared += Math.min(count, b.get(ngram) ?? 0);
  return shared;
}
