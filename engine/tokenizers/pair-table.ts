// A growing map from a pair of token ids to a dense index, in flat arrays: the merges of a vocabulary
// while encoding, the counted pairs while training.

/** Pairs of token ids numbered in the order in which they were added. */
export class PairTable {
  /** Number of distinct pairs. */
  size = 0;
  private firsts = new Int32Array(1 << 9);
  private seconds = new Int32Array(1 << 9);
  private slots = new Int32Array(1 << 10);

  /** First id of pair `index`. */
  first(index: number): number {
    return this.firsts[index]!;
  }

  /** Second id of pair `index`. */
  second(index: number): number {
    return this.seconds[index]!;
  }

  /** Index of the pair, or -1. */
  find(first: number, second: number): number {
    return this.slots[this.slotOf(first, second)]! - 1;
  }

  /** Index of the pair, added when it is new (then `size` grows by one). */
  add(first: number, second: number): number {
    let slot = this.slotOf(first, second);
    const known = this.slots[slot]! - 1;
    if (known >= 0) return known;
    if (this.size === this.firsts.length) {
      this.grow();
      slot = this.slotOf(first, second);
    }
    const index = this.size++;
    this.firsts[index] = first;
    this.seconds[index] = second;
    this.slots[slot] = index + 1;
    return index;
  }

  private slotOf(first: number, second: number): number {
    const mask = this.slots.length - 1;
    let hash = Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca6b);
    hash ^= hash >>> 15;
    let slot = hash & mask;
    for (;;) {
      const index = this.slots[slot]! - 1;
      if (index < 0 || (this.firsts[index] === first && this.seconds[index] === second)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  private grow(): void {
    const { firsts, seconds } = this;
    this.firsts = new Int32Array(firsts.length * 2);
    this.firsts.set(firsts);
    this.seconds = new Int32Array(seconds.length * 2);
    this.seconds.set(seconds);
    this.slots = new Int32Array(this.slots.length * 2);
    for (let index = 0; index < this.size; index++) {
      this.slots[this.slotOf(firsts[index]!, seconds[index]!)] = index + 1;
    }
  }
}
