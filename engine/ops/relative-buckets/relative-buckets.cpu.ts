// Distance buckets of queries and keys, 16 queries a tile (AssemblyScript).
// args: table, positions?, buckets, queryLength, keyLength, reach.

const ROWS: u32 = 16;

export function relativeBuckets(args: usize, tile: u32, scratch: usize): void {
  const table = <usize>load<u32>(args), positions = <usize>load<u32>(args, 4);
  const queryLength = load<u32>(args, 12), keyLength = load<u32>(args, 16);
  const reach = load<i32>(args, 20);
  const end = min((tile + 1) * ROWS, queryLength);
  let to = <usize>load<u32>(args, 8) + (<usize>(tile * ROWS) * keyLength << 2);
  for (let i = tile * ROWS; i < end; i++) {
    const position = positions ? load<i32>(positions + (<usize>i << 2)) : <i32>i;
    for (let j: u32 = 0; j < keyLength; j++) {
      const distance = max(-reach, min(reach, <i32>j - position));
      store<u32>(to, <u32>load<f32>(table + (<usize>(reach + distance) << 2)));
      to += 4;
    }
  }
}
