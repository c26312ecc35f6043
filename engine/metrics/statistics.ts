// Sufficient statistics: numbers of one example whose sums over examples give the score of them all. What is
// summed can be gathered as examples come, and resampled without reading a text again.

/** The numbers of one example, or their sums over several: always of one length for one metric. */
export type Statistics = readonly number[];

/** Sums, position by position; none for no examples. */
export function sumStatistics(examples: Iterable<Statistics>): number[] {
  let sums: number[] | undefined;
  for (const example of examples) {
    if (sums === undefined) sums = [...example];
    else for (let i = 0; i < sums.length; i++) sums[i]! += example[i]!;
  }
  return sums ?? [];
}

/** Statistics of a value of which the mean over examples is the score; see `meanOfSums`. */
export function valueStatistics(value: number): Statistics {
  return [value, 1];
}

/** The mean of the values that were summed. */
export function meanOfSums([sum = 0, count = 0]: Statistics): number {
  return count === 0 ? 0 : sum / count;
}
