// Which examples share a row: first fit by falling length, so that rows are nearly full. The same packs serve every
// epoch, visited in another order each time.

/** Open rows that are looked at for room; more would fill rows hardly better. */
const openRows = 256;

/** Numbers of the examples in each row of `capacity` tokens; longer examples are cut to it. */
export function packExamples(lengths: readonly number[], capacity: number): number[][] {
  const order = Array.from(lengths.keys()).sort((a, b) => lengths[b]! - lengths[a]! || a - b);
  const packs: number[][] = [];
  const open: { pack: number[]; room: number }[] = [];
  for (const index of order) {
    const size = Math.min(lengths[index]!, capacity);
    const fitting = open.find(({ room }) => room >= size);
    if (fitting) {
      fitting.pack.push(index);
      fitting.room -= size;
      continue;
    }
    const pack = [index];
    packs.push(pack);
    open.push({ pack, room: capacity - size });
    if (open.length > openRows) {
      // The fullest row is the least likely to take another.
      const fullest = open.reduce((best, one, i) => (one.room < open[best]!.room ? i : best), 0);
      open.splice(fullest, 1);
    }
  }
  return packs;
}
