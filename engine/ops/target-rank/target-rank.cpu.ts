// How many tokens a model holds likelier than the wanted one, for rows of logits (AssemblyScript). The logits
// are only read.

const IGNORED: u32 = 0xffffffff;

/** How many of `count` floats are above `wanted`, or also equal to it; one that is not a number counts. */
function countAbove(x: usize, count: u32, wanted: f32, countsEqual: bool): u32 {
  const w = f32x4.splat(wanted);
  let total = i32x4.splat(0);
  const end = x + (<usize>count << 2);
  for (; x + 16 <= end; x += 16) {
    const four = v128.load(x);
    // A lane of a comparison that holds is -1.
    total = i32x4.sub(total, v128.not(countsEqual ? f32x4.lt(four, w) : f32x4.le(four, w)));
  }
  let sum: u32 =
    i32x4.extract_lane(total, 0) +
    i32x4.extract_lane(total, 1) +
    i32x4.extract_lane(total, 2) +
    i32x4.extract_lane(total, 3);
  for (; x < end; x += 4) {
    const one = load<f32>(x);
    if (!(countsEqual ? one < wanted : one <= wanted)) sum++;
  }
  return sum;
}

/**
 * ranks = tokens above the target, those of a lower id among equals; all bits set where no target counts.
 * args: logits, targets, ranks, rows, firstRow, vocabSize, rowStride, rowsPerTile.
 */
export function targetRank(args: usize, tile: u32, scratch: usize): void {
  const targets = <usize>load<u32>(args, 4);
  const ranks = <usize>load<u32>(args, 8);
  const rows = load<u32>(args, 12);
  const firstRow = load<u32>(args, 16);
  const vocabSize = load<u32>(args, 20);
  const rowBytes = <usize>load<u32>(args, 24) << 2;
  const rowsPerTile = load<u32>(args, 28);
  const end = min((tile + 1) * rowsPerTile, rows);
  for (let row = tile * rowsPerTile; row < end; row++) {
    const x = <usize>load<u32>(args) + <usize>row * rowBytes;
    const at = <usize>(firstRow + row) << 2;
    const target = load<u32>(targets + at);
    let rank = IGNORED;
    if (target < vocabSize) {
      const place = x + (<usize>target << 2);
      const wanted = load<f32>(place);
      rank =
        countAbove(x, target, wanted, true) + countAbove(place + 4, vocabSize - target - 1, wanted, false);
    }
    store<u32>(ranks + at, rank);
  }
}
