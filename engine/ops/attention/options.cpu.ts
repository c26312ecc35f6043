// What the options of attention add to a row: bias and segments as one additive row, dropout as a row of
// factors (AssemblyScript). Rows are addressed by key, as in rows.cpu.ts.

import { keptLanes, philox16 } from '../../device/cpu/kernels/philox';
import { Inputs, MASKED, Sizes } from './layout.cpu';
import { fill } from './panels.cpu';

/**
 * additive[j] for visible keys: the bias of the head and bucket, or MASKED where the segments differ.
 */
export function writeAdditive(
  inputs: Inputs, sizes: Sizes, b: u32, h: u32, i: u32, low: u32, high: u32, additive: usize,
): void {
  if (inputs.biasTable) {
    const buckets = inputs.biasBuckets + (i * sizes.keyLength << 2);
    const column = inputs.biasTable + (h << 2);
    for (let j = low; j < high; j++) {
      const bucket = min<u32>(load<u32>(buckets + (j << 2)), sizes.numBuckets - 1);
      store<f32>(additive + (j << 2), load<f32>(column + (bucket * sizes.numHeads << 2)));
    }
  } else if (low < high) {
    fill(additive + (low << 2), high - low, 0);
  }
  if (!inputs.querySegments) return;
  const own = load<u32>(inputs.querySegments + (b * sizes.queryLength + i << 2));
  const keys = (inputs.keySegments ? inputs.keySegments : inputs.querySegments) + (b * sizes.keyLength << 2);
  for (let j = low; j < high; j++) {
    if (load<u32>(keys + (j << 2)) !== own) store<f32>(additive + (j << 2), MASKED);
  }
}

/**
 * Draws the row's dropout into `words` (high - low + 32 of them) and returns the row of factors, addressed
 * by key as all rows are: keepScale where a probability is kept, 0 where it is dropped.
 */
export function drawKeepRow(
  inputs: Inputs, sizes: Sizes, b: u32, h: u32, i: u32, low: u32, high: u32, words: usize,
): usize {
  const first = ((b * sizes.numHeads + h) * sizes.queryLength + i) * sizes.keyLength + low;
  const keyLow = load<u32>(inputs.scalars, 8), keyHigh = load<u32>(inputs.scalars, 12);
  const threshold = i32x4.splat(sizes.dropThreshold), kept = f32x4.splat(sizes.keepScale);
  const skipped = first & 15;
  const count = high > low ? skipped + high - low : 0;
  for (let drawn: u32 = 0; drawn < count; drawn += 16) {
    const at = words + (drawn << 2);
    philox16((first >> 4) + (drawn >> 4), sizes.stream, keyLow, keyHigh, at);
    v128.store(at, v128.and(keptLanes(v128.load(at), threshold), kept));
    v128.store(at, v128.and(keptLanes(v128.load(at, 16), threshold), kept), 16);
    v128.store(at, v128.and(keptLanes(v128.load(at, 32), threshold), kept), 32);
    v128.store(at, v128.and(keptLanes(v128.load(at, 48), threshold), kept), 48);
  }
  return words + (skipped << 2) - (low << 2);
}
