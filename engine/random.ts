// Counter-based random numbers (Philox4x32-10, Salmon et al. 2011): the same key and counter give the same
// numbers on every device and in any order, so nothing has to be stored to go on after a restart.

/** The words of the last block; one place for all, because allocating each block's took most of the time. */
const block = new Uint32Array(4);

/**
 * High 32 bits of a 32 x 32 bit product, the factor `a` in halves, as a signed number.
 * No partial sum exceeds 32 bits, so that wrapping arithmetic loses nothing.
 */
function highWord(aHigh: number, aLow: number, b: number): number {
  const bHigh = b >>> 16;
  const bLow = b & 0xffff;
  const middle = Math.imul(aHigh, bLow) + (Math.imul(aLow, bLow) >>> 16);
  const middleLow = Math.imul(aLow, bHigh) + (middle & 0xffff);
  return (Math.imul(aHigh, bHigh) + (middle >>> 16) + (middleLow >>> 16)) | 0;
}

/** Puts the four words of Philox4x32-10 for a counter and a key into `block`. */
function fillBlock(c0: number, c1: number, c2: number, c3: number, k0: number, k1: number): void {
  // Whole signed numbers from the start: what may be a float is kept as one all through the loop.
  c0 |= 0;
  c1 |= 0;
  c2 |= 0;
  c3 |= 0;
  k0 |= 0;
  k1 |= 0;
  for (let round = 0; round < 10; round++) {
    const high0 = highWord(0xd251, 0x1f53, c0);
    const high2 = highWord(0xcd9e, 0x8d57, c2);
    const low0 = Math.imul(0xd2511f53, c0);
    const low2 = Math.imul(0xcd9e8d57, c2);
    c0 = high2 ^ c1 ^ k0;
    c1 = low2;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + 0x9e3779b9) | 0;
    k1 = (k1 + 0xbb67ae85) | 0;
  }
  block[0] = c0;
  block[1] = c1;
  block[2] = c2;
  block[3] = c3;
}

/** The four 32-bit words of Philox4x32-10 for a counter and a key. */
export function philox(
  counter: readonly [number, number, number, number],
  key: readonly [number, number],
): [number, number, number, number] {
  fillBlock(counter[0], counter[1], counter[2], counter[3], key[0], key[1]);
  return [block[0]!, block[1]!, block[2]!, block[3]!];
}

/** What random numbers are for: each purpose has a key of its own, so that none disturbs another. */
export const randomPurpose = {
  initialWeights: 1,
  dropout: 2,
  order: 3,
  sampling: 4,
  masking: 5,
  resampling: 6,
} as const;
export type RandomPurpose = keyof typeof randomPurpose;

/** The key of a purpose and a position in time (step, epoch, …) under a run's seed. */
export function randomKey(seed: number, purpose: RandomPurpose, time: number): [number, number] {
  const whole = Math.floor(time);
  fillBlock(whole >>> 0, Math.floor(whole / 2 ** 32), randomPurpose[purpose], 0, seed >>> 0, 0x48454444);
  return [block[0]!, block[1]!];
}

/** A uniform number in [0, 1) with 32 bits. */
export function uniform(key: readonly [number, number], index: number): number {
  fillBlock(index >>> 0, Math.floor(index / 2 ** 32), 0, 0, key[0], key[1]);
  return block[0]! / 2 ** 32;
}

/**
 * Fills with normal numbers of a standard deviation, by Box and Muller's transform on Philox words. `first` is
 * the number of the target's first value in a longer sequence, of which it is a piece: a multiple of 4.
 */
export function fillNormal(
  target: Float32Array,
  standardDeviation: number,
  key: readonly [number, number],
  first = 0,
): void {
  const [k0, k1] = key;
  const { length } = target;
  for (let start = 0; start < length; start += 4) {
    fillBlock((first + start) / 4, 0, 0, 0, k0, k1);
    for (let pair = 0; pair < 4; pair += 2) {
      const radius = Math.sqrt(-2 * Math.log((block[pair]! + 1) / 2 ** 32)) * standardDeviation;
      const angle = (2 * Math.PI * block[pair + 1]!) / 2 ** 32;
      if (start + pair < length) target[start + pair] = radius * Math.cos(angle);
      if (start + pair + 1 < length) target[start + pair + 1] = radius * Math.sin(angle);
    }
  }
}

/** Fills with numbers spread evenly between -bound and bound; `first` as for `fillNormal`. */
export function fillUniform(
  target: Float32Array,
  bound: number,
  key: readonly [number, number],
  first = 0,
): void {
  const [k0, k1] = key;
  for (let i = 0; i < target.length; i++) {
    if (i % 4 === 0) fillBlock((first + i) / 4, 0, 0, 0, k0, k1);
    target[i] = bound * ((2 * block[i % 4]!) / 2 ** 32 - 1);
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
      fillBlock(right, round, 0, 1, key[0], key[1]);
      const mixed = block[0]! % half;
      const next = left ^ mixed;
      left = right;
      right = next;
    }
    value = left * half + right;
  } while (value >= size);
  return value;
}
