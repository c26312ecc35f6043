// How much of a table's width each column gets: more where cells are longer, none so little that it cannot be
// read. Nothing of Vue.

const mostLooked = 40;
const smallestWeight = 8;
const largestWeight = 120;

/** Shares of the width that add up to 1, from the first rows; equal ones while there are none. */
export function columnShares(columns: readonly string[], rows: readonly (readonly string[])[]): number[] {
  const looked = rows.slice(0, mostLooked);
  const weights = columns.map((name, column) => {
    const lengths = looked.map((row) => row[column]?.length ?? 0);
    const mean = lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, looked.length);
    const wanted = Math.max(name.length, mean);
    return Math.sqrt(Math.min(largestWeight, Math.max(smallestWeight, wanted)));
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}
