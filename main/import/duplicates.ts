// Counts what occurs before, by a hash of 53 bits: in a million rows the chance that two different ones are
// taken for the same is below one in ten thousand. Memory has a bound; past it nothing new is remembered.

/** Slots of the largest table: 64 MiB. */
const mostSlots = 1 << 23;

/** Lines of a text that are shorter say nothing by being there twice. */
export const shortestLineCharacters = 20;

export class DuplicateCounter {
  /** How many texts occurred before. */
  count = 0;
  private slots = new Float64Array(1 << 12);
  private used = 0;

  add(text: string): void {
    // 0 marks a free slot.
    const hash = hashOf(text) || 1;
    const slot = this.find(hash);
    if (this.slots[slot] === hash) {
      this.count++;
      return;
    }
    if (this.used * 4 >= this.slots.length * 3) {
      if (this.slots.length >= mostSlots) return;
      this.grow();
      this.slots[this.find(hash)] = hash;
    } else this.slots[slot] = hash;
    this.used++;
  }

  /** The slot of a hash, or the free one where it belongs. */
  private find(hash: number): number {
    const mask = this.slots.length - 1;
    let slot = hash % this.slots.length;
    while (this.slots[slot] !== 0 && this.slots[slot] !== hash) slot = (slot + 1) & mask;
    return slot;
  }

  private grow(): void {
    const old = this.slots;
    this.slots = new Float64Array(old.length * 2);
    for (const hash of old) if (hash !== 0) this.slots[this.find(hash)] = hash;
  }
}

/** Two multiplicative hashes of 32 bits, mixed into 53. */
function hashOf(text: string): number {
  let first = 0xdeadbeef;
  let second = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    first = Math.imul(first ^ code, 2_654_435_761);
    second = Math.imul(second ^ code, 1_597_334_677);
  }
  first =
    Math.imul(first ^ (first >>> 16), 2_246_822_507) ^ Math.imul(second ^ (second >>> 13), 3_266_489_909);
  second =
    Math.imul(second ^ (second >>> 16), 2_246_822_507) ^ Math.imul(first ^ (first >>> 13), 3_266_489_909);
  return 4_294_967_296 * (second & 0x1fffff) + (first >>> 0);
}
