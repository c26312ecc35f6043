// Where someone stands in a list that they step through.

/** The index in a list of `count` that is nearest to one that may lie outside; 0 of an empty list. */
export function indexWithin(index: number, count: number): number {
  return Math.max(0, Math.min(count - 1, index));
}
