// Counts the distinct pieces of a text that arrives in chunks, in bounded memory. Where a text has more
// distinct pieces than fit, the rarest are forgotten, by a rule that depends on the text alone.

import { ByteStringTable } from './byte-string-table.ts';
import type { PieceSink } from './piece-scanner.ts';

/** How much may be remembered. */
export interface WordCountLimits {
  /** Distinct pieces. */
  maxWords: number;
  /** Bytes of all distinct pieces together. */
  maxBytes: number;
}

/** Counts pieces; added tokens are no words. */
export class WordCounts implements PieceSink {
  private readonly limits: WordCountLimits;
  private words = new ByteStringTable();
  private counts = new Float64Array(1 << 10);
  private forgetUpTo = 0;

  constructor(limits: WordCountLimits) {
    this.limits = limits;
  }

  /** Number of distinct pieces. */
  get size(): number {
    return this.words.size;
  }

  /** Bytes of all distinct pieces together. */
  get totalBytes(): number {
    return this.words.totalBytes;
  }

  bytesOf(index: number): Uint8Array {
    return this.words.bytesOf(index);
  }

  countOf(index: number): number {
    return this.counts[index]!;
  }

  piece(bytes: Uint8Array, start: number, end: number): void {
    // A piece of one byte has no pair to merge.
    if (end - start < 2) return;
    const known = this.words.size;
    const index = this.words.intern(bytes, start, end);
    if (index < known) {
      this.counts[index]!++;
      return;
    }
    if (index === this.counts.length) {
      const larger = new Float64Array(this.counts.length * 2);
      larger.set(this.counts);
      this.counts = larger;
    }
    this.counts[index] = 1;
    if (this.words.size > this.limits.maxWords || this.words.totalBytes > this.limits.maxBytes) this.forget();
  }

  added(): void {}

  /** Drops the words seen least, one count after another, until at most half of each limit is used. */
  private forget(): void {
    while (this.words.size > this.limits.maxWords / 2 || this.words.totalBytes > this.limits.maxBytes / 2) {
      this.forgetUpTo++;
      const kept = new ByteStringTable();
      const counts = new Float64Array(this.counts.length);
      for (let index = 0; index < this.words.size; index++) {
        if (this.counts[index]! <= this.forgetUpTo) continue;
        const bytes = this.words.bytesOf(index);
        counts[kept.intern(bytes, 0, bytes.length)] = this.counts[index]!;
      }
      this.words = kept;
      this.counts = counts;
    }
  }
}
