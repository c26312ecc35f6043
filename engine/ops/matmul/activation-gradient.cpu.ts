// dPre = dy * slope, 4,096 elements a tile (AssemblyScript).

import { loadPart, storePart } from './epilogue.cpu';

const TILE: u32 = 4096;

/** args: dy, slope, dPre, count. */
export function activationGradient(args: usize, tile: u32, scratch: usize): void {
  const first = tile * TILE;
  const size = min(TILE, load<u32>(args, 12) - first);
  const start = <usize>first << 2;
  const dy = <usize>load<u32>(args) + start;
  const slope = <usize>load<u32>(args, 4) + start;
  const dPre = <usize>load<u32>(args, 8) + start;
  for (let i: u32 = 0; i < size; i += 4) {
    const at = <usize>i << 2;
    const left = <i32>(size - i);
    storePart(dPre + at, f32x4.mul(loadPart(dy + at, left), loadPart(slope + at, left)), left);
  }
}
