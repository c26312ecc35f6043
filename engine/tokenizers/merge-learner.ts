// Learns BPE merges from counted words: again and again the pair of adjacent tokens that is counted most
// becomes a token. Pair counts are kept up to date, never recounted; ties and order are those of Hugging
// Face's BpeTrainer (highest count, then lowest pair of ids), so the merges are the same.

import { PairTable } from './pair-table.ts';

/** Words as token ids: word i is `symbols[starts[i]..starts[i] + lengths[i])` and occurs `counts[i]` times. */
export interface CountedWords {
  readonly symbols: Int32Array;
  readonly starts: Uint32Array;
  readonly lengths: Int32Array;
  readonly counts: Float64Array;
}

/** Nothing further in a list of positions. */
const End = -1;

/** The state of learning: call `next` for the best pair, then `merge` it or `discard` it. */
export class MergeLearner {
  private readonly words: CountedWords;
  private readonly canPair: (first: number, second: number) => boolean;
  private readonly pairs = new PairTable();
  private pairCounts = new Float64Array(1 << 10);
  /** Head of each pair's list of words that may hold it. */
  private heads = new Int32Array(1 << 10);
  private listWord = new Int32Array(1 << 12);
  private listNext = new Int32Array(1 << 12);
  private listUsed = 0;
  private freeList = End;
  /** Binary heap of pairs with the counts they had when pushed; a pair is pushed again when stale. */
  private heapPairs = new Int32Array(1 << 10);
  private heapCounts = new Float64Array(1 << 10);
  private heapSize = 0;

  /** `canPair`: whether two tokens made by merging may be merged further; pairs of bytes always may. */
  constructor(words: CountedWords, canPair: (first: number, second: number) => boolean) {
    this.words = words;
    this.canPair = canPair;
    for (let word = 0; word < words.lengths.length; word++) {
      const start = words.starts[word]!;
      const end = start + words.lengths[word]!;
      for (let i = start; i + 1 < end; i++) {
        this.count(words.symbols[i]!, words.symbols[i + 1]!, words.counts[word]!, word);
      }
    }
    for (let pair = 0; pair < this.pairs.size; pair++) this.push(pair);
  }

  /** Index of the pair counted most, or -1 when none is left that occurs. */
  next(): number {
    while (this.heapSize > 0) {
      const pair = this.heapPairs[0]!;
      const pushedCount = this.heapCounts[0]!;
      this.pop();
      const count = this.pairCounts[pair]!;
      if (count === pushedCount) return pair;
      if (count > 0) this.push(pair);
    }
    return -1;
  }

  first(pair: number): number {
    return this.pairs.first(pair);
  }

  second(pair: number): number {
    return this.pairs.second(pair);
  }

  countOf(pair: number): number {
    return this.pairCounts[pair]!;
  }

  /** Forgets a pair that may not be merged. */
  discard(pair: number): void {
    this.pairCounts[pair] = 0;
  }

  /** Replaces the pair by token `id` in every word that holds it. */
  merge(pair: number, id: number): void {
    const first = this.pairs.first(pair);
    const second = this.pairs.second(pair);
    const known = this.pairs.size;
    let node = this.heads[pair]!;
    this.heads[pair] = End;
    while (node !== End) {
      this.mergeInWord(this.listWord[node]!, first, second, id);
      const next = this.listNext[node]!;
      this.listNext[node] = this.freeList;
      this.freeList = node;
      node = next;
    }
    this.pairCounts[pair] = 0;
    for (let added = known; added < this.pairs.size; added++) this.push(added);
  }

  private mergeInWord(word: number, first: number, second: number, id: number): void {
    const { symbols } = this.words;
    const start = this.words.starts[word]!;
    const end = start + this.words.lengths[word]!;
    const count = this.words.counts[word]!;
    let write = start;
    for (let read = start; read < end; read++) {
      if (read + 1 >= end || symbols[read] !== first || symbols[read + 1] !== second) {
        symbols[write++] = symbols[read]!;
        continue;
      }
      if (write > start) {
        const before = symbols[write - 1]!;
        this.uncount(before, first, count);
        if (this.canPair(before, id)) this.count(before, id, count, word);
      }
      if (read + 2 < end) {
        const after = symbols[read + 2]!;
        this.uncount(second, after, count);
        if (this.canPair(id, after)) this.count(id, after, count, word);
      }
      symbols[write++] = id;
      read++;
    }
    this.words.lengths[word] = write - start;
  }

  private uncount(first: number, second: number, count: number): void {
    const pair = this.pairs.find(first, second);
    if (pair >= 0) this.pairCounts[pair]! -= count;
  }

  private count(first: number, second: number, count: number, word: number): void {
    const known = this.pairs.size;
    const pair = this.pairs.add(first, second);
    if (pair === known) {
      if (pair === this.pairCounts.length) {
        this.pairCounts = enlarged(this.pairCounts, new Float64Array(pair * 2));
        this.heads = enlarged(this.heads, new Int32Array(pair * 2));
      }
      this.pairCounts[pair] = 0;
      this.heads[pair] = End;
    }
    this.pairCounts[pair]! += count;
    const head = this.heads[pair]!;
    // Words come one after another, so a repetition within a word finds the word at the head.
    if (head === End || this.listWord[head] !== word) this.heads[pair] = this.newNode(word, head);
  }

  private newNode(word: number, next: number): number {
    let node = this.freeList;
    if (node !== End) {
      this.freeList = this.listNext[node]!;
    } else {
      node = this.listUsed++;
      if (node === this.listWord.length) {
        this.listWord = enlarged(this.listWord, new Int32Array(node * 2));
        this.listNext = enlarged(this.listNext, new Int32Array(node * 2));
      }
    }
    this.listWord[node] = word;
    this.listNext[node] = next;
    return node;
  }

  /** Whether entry (count, pair) comes before another: the higher count, then the lower ids. */
  private isBefore(count: number, pair: number, otherCount: number, other: number): boolean {
    if (count !== otherCount) return count > otherCount;
    const difference = this.pairs.first(pair) - this.pairs.first(other);
    return difference === 0 ? this.pairs.second(pair) < this.pairs.second(other) : difference < 0;
  }

  private push(pair: number): void {
    const count = this.pairCounts[pair]!;
    if (count <= 0) return;
    let child = this.heapSize++;
    if (child === this.heapPairs.length) {
      this.heapPairs = enlarged(this.heapPairs, new Int32Array(child * 2));
      this.heapCounts = enlarged(this.heapCounts, new Float64Array(child * 2));
    }
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!this.isBefore(count, pair, this.heapCounts[parent]!, this.heapPairs[parent]!)) break;
      this.heapPairs[child] = this.heapPairs[parent]!;
      this.heapCounts[child] = this.heapCounts[parent]!;
      child = parent;
    }
    this.heapPairs[child] = pair;
    this.heapCounts[child] = count;
  }

  private pop(): void {
    const size = --this.heapSize;
    const pair = this.heapPairs[size]!;
    const count = this.heapCounts[size]!;
    let parent = 0;
    for (;;) {
      let child = 2 * parent + 1;
      if (child >= size) break;
      const right = child + 1;
      const { heapCounts, heapPairs } = this;
      if (
        right < size &&
        this.isBefore(heapCounts[right]!, heapPairs[right]!, heapCounts[child]!, heapPairs[child]!)
      ) {
        child = right;
      }
      if (!this.isBefore(heapCounts[child]!, heapPairs[child]!, count, pair)) break;
      heapPairs[parent] = heapPairs[child]!;
      heapCounts[parent] = heapCounts[child]!;
      parent = child;
    }
    this.heapPairs[parent] = pair;
    this.heapCounts[parent] = count;
  }
}

function enlarged<T extends Int32Array | Float64Array>(source: T, target: T): T {
  target.set(source);
  return target;
}
