// A growing set of byte strings, each with a dense index: the words of a text while they are counted or
// cached, kept in flat arrays because millions of JavaScript strings would not fit.

/** Byte strings numbered in the order in which they were first seen. */
export class ByteStringTable {
  /** Number of distinct strings. */
  size = 0;
  private bytes = new Uint8Array(1 << 12);
  private starts = new Uint32Array(1 << 9);
  private hashes = new Int32Array(1 << 9);
  private slots = new Int32Array(1 << 10);

  /** Bytes of all strings together. */
  get totalBytes(): number {
    return this.starts[this.size]!;
  }

  /** Offset of string `index` among all bytes; that of the next string is its end. */
  startOf(index: number): number {
    return this.starts[index]!;
  }

  /** The bytes of string `index`, a view valid until the next `intern`. */
  bytesOf(index: number): Uint8Array {
    return this.bytes.subarray(this.starts[index]!, this.starts[index + 1]!);
  }

  /** Index of `source[start..end)`, added when it is new (then `size` grows by one). */
  intern(source: Uint8Array, start: number, end: number): number {
    let hash = 0x811c9dc5;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ source[i]!, 0x01000193);
    hash ^= hash >>> 15;
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const index = this.slots[slot]! - 1;
      if (index < 0) break;
      if (this.hashes[index] === hash && this.equals(index, source, start, end)) return index;
      slot = (slot + 1) & mask;
    }
    if (this.size + 2 > this.starts.length) {
      this.grow();
      return this.intern(source, start, end);
    }
    this.slots[slot] = this.size + 1;
    return this.append(source, start, end, hash);
  }

  /** Forgets every string and keeps the memory. */
  clear(): void {
    this.size = 0;
    this.slots.fill(0);
  }

  private equals(index: number, source: Uint8Array, start: number, end: number): boolean {
    const from = this.starts[index]!;
    if (this.starts[index + 1]! - from !== end - start) return false;
    for (let i = start, j = from; i < end; i++, j++) if (this.bytes[j] !== source[i]) return false;
    return true;
  }

  private append(source: Uint8Array, start: number, end: number, hash: number): number {
    const index = this.size++;
    const from = this.starts[index]!;
    const to = from + end - start;
    if (to > this.bytes.length) {
      const larger = new Uint8Array(Math.max(to, this.bytes.length * 2));
      larger.set(this.bytes.subarray(0, from));
      this.bytes = larger;
    }
    for (let i = start, j = from; i < end; i++, j++) this.bytes[j] = source[i]!;
    this.starts[index + 1] = to;
    this.hashes[index] = hash;
    return index;
  }

  private grow(): void {
    const starts = new Uint32Array(this.starts.length * 2);
    starts.set(this.starts);
    this.starts = starts;
    const hashes = new Int32Array(this.hashes.length * 2);
    hashes.set(this.hashes);
    this.hashes = hashes;
    const slots = new Int32Array(this.slots.length * 2);
    const mask = slots.length - 1;
    for (let index = 0; index < this.size; index++) {
      let slot = hashes[index]! & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = index + 1;
    }
    this.slots = slots;
  }
}
