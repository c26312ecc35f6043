// Counter-based random numbers (Philox4x32-10, Salmon et al. 2011): the same key and counter give the same
// numbers on every device and in any order, so nothing has to be stored to go on after a restart.

const mask32 = 0xffffffffn;

/** High and low 32 bits of a 32 x 32 bit product. */
function multiply(a: number, b: number): { high: number; low: number } {
  const aHigh = a >>> 16;
  const aLow = a & 0xffff;
  const bHigh = b >>> 16;
  const bLow = b & 0xffff;
  const lowLow = aLow * bLow;
  const middle = aHigh * bLow + (lowLow >>> 16);
  const middleLow = aLow * bHigh + (middle & 0xffff);
  const high = aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(middleLow / 0x10000);
  return { high: high >>> 0, low: Math.imul(a, b) >>> 0 };
}

/** The four 32-bit words of Philox4x32-10 for a counter and a key. */
export function philox(
  counter: readonly [number, number, number, number],
  key: readonly [number, number],
): [number, number, number, number] {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < 10; round++) {
    const first = multiply(0xd2511f53, c0);
    const second = multiply(0xcd9e8d57, c2);
    [c0, c1, c2, c3] = [(second.high ^ c1 ^ k0) >>> 0, second.low, (first.high ^ c3 ^ k1) >>> 0, first.low];
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  return [c0, c1, c2, c3];
}

/** What random numbers are for: each purpose has a key of its own, so that none disturbs another. */
export const randomPurpose = { initialWeights: 1, dropout: 2, order: 3, sampling: 4 } as const;
export type RandomPurpose = keyof typeof randomPurpose;

/** The key of a purpose and a position in time (step, epoch, …) under a run's seed. */
export function randomKey(seed: number, purpose: RandomPurpose, time: number): [number, number] {
  const wide = BigInt(Math.floor(time));
  const words = philox(
    [Number(wide & mask32), Number((wide >> 32n) & mask32), randomPurpose[purpose], 0],
    [seed >>> 0, 0x48454444],
  );
  return [words[0], words[1]];
}

/** A uniform number in [0, 1) with 32 bits. */
export function uniform(key: readonly [number, number], index: number): number {
  return philox([index >>> 0, Math.floor(index / 2 ** 32), 0, 0], key)[0] / 2 ** 32;
}

/** Fills with normal numbers of a standard deviation, by Box and Muller's transform on Philox words. */
export function fillNormal(
  target: Float32Array,
  standardDeviation: number,
  key: readonly [number, number],
): void {
  for (let start = 0; start < target.length; start += 4) {
    const words = philox([start / 4, 0, 0, 0], key);
    for (let pair = 0; pair < 4; pair += 2) {
      const radius = Math.sqrt(-2 * Math.log((words[pair]! + 1) / 2 ** 32)) * standardDeviation;
      const angle = (2 * Math.PI * words[pair + 1]!) / 2 ** 32;
      if (start + pair < target.length) target[start + pair] = radius * Math.cos(angle);
      if (start + pair + 1 < target.length) target[start + pair + 1] = radius * Math.sin(angle);
    }
  }
}

/**
 * The image of `index` under a permutation of 0..size-1 that the key picks: a four-round Feistel network
 * over the next even power of two, walked until it lands inside. No table, so any epoch costs nothing.
 */
export function permuted(index: number, size: number, key: readonly [number, number]): number {
  const halfBits = Math.max(1, Math.ceil(Math.log2(Math.max(2, size)) / 2));
  const half = 2 ** halfBits;
  let value = index;
  do {
    let left = Math.floor(value / half);
    let right = value % half;
    for (let round = 0; round < 4; round++) {
      const mixed = philox([right, round, 0, 1], key)[0] % half;
      [left, right] = [right, left ^ mixed];
    }
    value = left * half + right;
  } while (value >= size);
  return value;
}
