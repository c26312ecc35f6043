// Philox4x32-10, the counter-based random numbers of every kernel (AssemblyScript).
// Word i of a stream is word i mod 4 of the block with counter (i / 4, stream, 0, 0); the WGSL twin in
// engine/ops/random/random.ts gives the same bits. Source: Salmon et al., "Parallel random numbers: as easy
// as 1, 2, 3", SC11.

import { heldBits } from './math';

const multiplier0: v128 = heldBits(0xd2511f53);
const multiplier1: v128 = heldBits(0xcd9e8d57);
const weyl0: v128 = heldBits(0x9e3779b9);
const weyl1: v128 = heldBits(0xbb67ae85);

/**
 * Stores words 16 block .. 16 block + 15 of a stream at `words` (16 u32, no alignment asked):
 * four Philox blocks side by side, one in each lane.
 */
export function philox16(block: u32, stream: u32, keyLow: u32, keyHigh: u32, words: usize): void {
  let c0 = i32x4.add(i32x4.splat(block << 2), i32x4(0, 1, 2, 3));
  let c1 = i32x4.splat(stream);
  let c2 = i32x4.splat(0);
  let c3 = c2;
  let key0 = i32x4.splat(keyLow);
  let key1 = i32x4.splat(keyHigh);
  for (let round = 0; round < 10; round++) {
    const even0 = i64x2.extmul_low_i32x4_u(c0, multiplier0);
    const odd0 = i64x2.extmul_high_i32x4_u(c0, multiplier0);
    const even1 = i64x2.extmul_low_i32x4_u(c2, multiplier1);
    const odd1 = i64x2.extmul_high_i32x4_u(c2, multiplier1);
    c0 = v128.xor(v128.xor(i32x4.shuffle(even1, odd1, 1, 3, 5, 7), c1), key0);
    c2 = v128.xor(v128.xor(i32x4.shuffle(even0, odd0, 1, 3, 5, 7), c3), key1);
    c1 = i32x4.shuffle(even1, odd1, 0, 2, 4, 6);
    c3 = i32x4.shuffle(even0, odd0, 0, 2, 4, 6);
    key0 = i32x4.add(key0, weyl0);
    key1 = i32x4.add(key1, weyl1);
  }
  // Lanes hold blocks, vectors hold words: transpose.
  const low01 = i32x4.shuffle(c0, c1, 0, 4, 1, 5);
  const high01 = i32x4.shuffle(c0, c1, 2, 6, 3, 7);
  const low23 = i32x4.shuffle(c2, c3, 0, 4, 1, 5);
  const high23 = i32x4.shuffle(c2, c3, 2, 6, 3, 7);
  v128.store(words, i64x2.shuffle(low01, low23, 0, 2));
  v128.store(words, i64x2.shuffle(low01, low23, 1, 3), 16);
  v128.store(words, i64x2.shuffle(high01, high23, 0, 2), 32);
  v128.store(words, i64x2.shuffle(high01, high23, 1, 3), 48);
}

/** The lanes of `words` (u32) that are at least `threshold`, as a mask: the elements that dropout keeps. */
@inline
export function keptLanes(words: v128, threshold: v128): v128 {
  return i32x4.ge_u(words, threshold);
}
