// The counter-based random numbers of kernels: Philox4x32-10, equal on both devices bit for bit.
// WGSL has no includes: a kernel that draws puts `philoxWgsl` before its own text. The CPU twin is
// engine/device/cpu/kernels/philox.ts.

import { EngineError } from '../../errors.ts';

/**
 * WGSL text with `philox(counter: vec4<u32>, key: vec2<u32>) -> vec4<u32>` and
 * `randomWord(element: u32, stream: u32, key: vec2<u32>) -> u32`: word element mod 4 of the block with
 * counter (element / 4, stream, 0, 0). Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3",
 * SC11.
 */
export const philoxWgsl = /* wgsl */ `
fn multiplyHigh(a: u32, b: u32) -> u32 {
  let aLow = a & 0xffffu;
  let aHigh = a >> 16u;
  let bLow = b & 0xffffu;
  let bHigh = b >> 16u;
  let middle = aHigh * bLow + ((aLow * bLow) >> 16u);
  let carried = aLow * bHigh + (middle & 0xffffu);
  return aHigh * bHigh + (middle >> 16u) + (carried >> 16u);
}

fn philox(start: vec4<u32>, firstKey: vec2<u32>) -> vec4<u32> {
  var counter = start;
  var key = firstKey;
  for (var round = 0u; round < 10u; round++) {
    let high0 = multiplyHigh(0xd2511f53u, counter.x);
    let high1 = multiplyHigh(0xcd9e8d57u, counter.z);
    counter = vec4<u32>(
      high1 ^ counter.y ^ key.x, 0xcd9e8d57u * counter.z, high0 ^ counter.w ^ key.y, 0xd2511f53u * counter.x);
    key += vec2<u32>(0x9e3779b9u, 0xbb67ae85u);
  }
  return counter;
}

fn randomWord(element: u32, stream: u32, key: vec2<u32>) -> u32 {
  return philox(vec4<u32>(element >> 2u, stream, 0u, 0u), key)[element & 3u];
}
`;

/**
 * The smallest random word that dropout of this probability keeps: floor(probability * 2^32).
 * Throws `dropout-out-of-range` unless 0 <= probability < 1.
 */
export function dropoutThreshold(probability: number): number {
  if (!(probability >= 0 && probability < 1)) {
    throw new EngineError(
      'dropout-out-of-range',
      `Dropout takes a probability of at least 0 and below 1, got ${probability}.`,
      { hint: 'Set the dropout to a number such as 0.1, or to 0 to switch it off.' },
    );
  }
  return Math.floor(probability * 2 ** 32);
}
