// Dropout with an optional residual, forward and backward, 4,096 elements a tile (AssemblyScript).
// The mask is drawn again in the backward pass; nothing of it is stored.

import { keptLanes, philox16 } from '../../device/cpu/kernels/philox';
import { loadTail, storeTail } from '../../device/cpu/kernels/tail';

const TILE: u32 = 4096;

/**
 * y (+)= residual + mask x scale. One kernel for both directions: backward, x is dy and y is dx.
 * Words 2 and 3 of scalars are the random key (engine/graph/scalars.ts).
 * args: x, residual or 0, scalars, y, count, stream, threshold, scale, accumulate. scratch: 64 bytes.
 */
export function dropout(args: usize, tile: u32, scratch: usize): void {
  const first = tile * TILE;
  const size = min(TILE, load<u32>(args, 16) - first);
  const start = <usize>first << 2;
  let x = <usize>load<u32>(args) + start;
  let residual = <usize>load<u32>(args, 4);
  const hasResidual = residual !== 0;
  residual += start;
  const scalars = <usize>load<u32>(args, 8);
  const keyLow = load<u32>(scalars, 8);
  const keyHigh = load<u32>(scalars, 12);
  let y = <usize>load<u32>(args, 12) + start;
  const stream = load<u32>(args, 20);
  const lowest = load<u32>(args, 24);
  const threshold = i32x4.splat(lowest);
  const scale = f32x4.splat(load<f32>(args, 28));
  const accumulate = load<u32>(args, 32) !== 0;
  for (let done: u32 = 0; done < size; done += 16) {
    // With threshold 0 every word is kept, whatever stands in the scratch.
    if (lowest !== 0) philox16((first + done) >> 4, stream, keyLow, keyHigh, scratch);
    const end = min(size - done, 16);
    for (let i: u32 = 0; i < end; i += 4) {
      const at = <usize>i << 2;
      const left = end - i;
      const kept = keptLanes(v128.load(scratch + at), threshold);
      const values = left >= 4 ? v128.load(x + at) : loadTail(x + at, left);
      let result = v128.and(f32x4.mul(values, scale), kept);
      if (hasResidual) {
        result = f32x4.add(result, left >= 4 ? v128.load(residual + at) : loadTail(residual + at, left));
      }
      if (accumulate) result = f32x4.add(result, left >= 4 ? v128.load(y + at) : loadTail(y + at, left));
      if (left >= 4) v128.store(y + at, result);
      else storeTail(y + at, left, result);
    }
    x += 64;
    residual += 64;
    y += 64;
  }
}
