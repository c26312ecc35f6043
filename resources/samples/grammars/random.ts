// The one source of chance for the sample grammars: a small generator whose numbers depend on its seed alone,
// on every machine. It must stay as it is: changing it changes every generated sample.

/** Seeded choices. */
export interface Chance {
  /** A whole number, from 0 to below `limit`. */
  below(limit: number): number;
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  /** One of some things. */
  pick<T>(things: readonly T[]): T;
  /** `count` different things, in a random order. */
  pickSome<T>(things: readonly T[], count: number): T[];
  /** True with this probability. */
  happens(probability: number): boolean;
}

/** A generator for a seed (mulberry32: 32 bits of state, integer arithmetic only). */
export function chanceFrom(seed: number): Chance {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const below = (limit: number): number => Math.floor((next() / 2 ** 32) * limit);
  const pick = <T>(things: readonly T[]): T => {
    if (things.length === 0) throw new RangeError('There is nothing to pick from.');
    return things[below(things.length)] as T;
  };
  return {
    below,
    pick,
    between: (low, high) => low + below(high - low + 1),
    pickSome: (things, count) => {
      const rest = [...things];
      return Array.from({ length: count }, () => rest.splice(below(rest.length), 1)[0]).filter(
        (thing) => thing !== undefined,
      );
    },
    happens: (probability) => next() / 2 ** 32 < probability,
  };
}

/**
 * Calls `make` until it has given `count` things that share no key (a text, or both texts of a pair); throws when it
 * keeps repeating itself.
 */
export function distinct<T>(count: number, keysOf: (thing: T) => readonly string[], make: () => T): T[] {
  const seen = new Set<string>();
  const things: T[] = [];
  for (let misses = 0; things.length < count;) {
    const thing = make();
    const keys = keysOf(thing);
    misses = keys.some((key) => seen.has(key)) ? misses + 1 : 0;
    if (misses > 10_000)
      throw new RangeError(`Only ${things.length} different ones of ${count} can be made.`);
    if (misses > 0) continue;
    for (const key of keys) seen.add(key);
    things.push(thing);
  }
  return things;
}
