// How often the token that followed was the likeliest, or among the k likeliest: counted from ranks. Must not
// see logits.

/** The number of ranks below k; those of ignored positions are above any k. */
export function countWithin(ranks: Uint32Array, k: number): number {
  let count = 0;
  for (const rank of ranks) if (rank < k) count++;
  return count;
}
