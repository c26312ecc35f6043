// Applies a vocabulary's merges to one word: always the merge learned first, leftmost among equals,
// until none applies. Knows nothing of text, bytes or caches.

import type { PairTable } from './pair-table.ts';

/** A heap key holds rank * POSITION_RANGE + position; both fit the 53 bits of a double. */
const POSITION_RANGE = 2 ** 24;

/** Merges words by the ranks of a pair table (index = rank) and the token that each merge makes. */
export class WordMerger {
  private readonly ranks: PairTable;
  private readonly results: Int32Array;
  private next = new Int32Array(64);
  private previous = new Int32Array(64);
  private heap = new Float64Array(64);
  private heapSize = 0;

  /** `ranks`: pair to rank; `results[rank]`: the id of the merged token. */
  constructor(ranks: PairTable, results: Int32Array) {
    this.ranks = ranks;
    this.results = results;
  }

  /** Merges `symbols[0..length)` in place and returns how many are left; length < 2^24. */
  merge(symbols: Int32Array, length: number): number {
    if (length > this.next.length) {
      this.next = new Int32Array(length * 2);
      this.previous = new Int32Array(length * 2);
    }
    const { next, previous } = this;
    for (let i = 0; i < length; i++) {
      next[i] = i + 1;
      previous[i] = i - 1;
    }
    this.heapSize = 0;
    for (let i = 0; i + 1 < length; i++) this.offer(symbols, i, i + 1);
    while (this.heapSize > 0) {
      const key = this.pop();
      const rank = Math.floor(key / POSITION_RANGE);
      const left = key - rank * POSITION_RANGE;
      const right = next[left]!;
      // Stale entries: the symbol was swallowed (-1), is now the last, or forms another pair.
      if (
        symbols[left]! < 0 ||
        right >= length ||
        this.ranks.find(symbols[left]!, symbols[right]!) !== rank
      ) {
        continue;
      }
      symbols[left] = this.results[rank]!;
      symbols[right] = -1;
      const after = next[right]!;
      next[left] = after;
      if (after < length) {
        previous[after] = left;
        this.offer(symbols, left, after);
      }
      const before = previous[left]!;
      if (before >= 0) this.offer(symbols, before, left);
    }
    let count = 0;
    for (let i = 0; i < length; i = next[i]!) symbols[count++] = symbols[i]!;
    return count;
  }

  private offer(symbols: Int32Array, left: number, right: number): void {
    const rank = this.ranks.find(symbols[left]!, symbols[right]!);
    if (rank < 0) return;
    const key = rank * POSITION_RANGE + left;
    if (this.heapSize === this.heap.length) {
      const larger = new Float64Array(this.heap.length * 2);
      larger.set(this.heap);
      this.heap = larger;
    }
    const { heap } = this;
    let child = this.heapSize++;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (heap[parent]! <= key) break;
      heap[child] = heap[parent]!;
      child = parent;
    }
    heap[child] = key;
  }

  private pop(): number {
    const { heap } = this;
    const top = heap[0]!;
    const size = --this.heapSize;
    const key = heap[size]!;
    let parent = 0;
    for (;;) {
      let child = 2 * parent + 1;
      if (child >= size) break;
      if (child + 1 < size && heap[child + 1]! < heap[child]!) child++;
      if (heap[child]! >= key) break;
      heap[parent] = heap[child]!;
      parent = child;
    }
    heap[parent] = key;
    return top;
  }
}
