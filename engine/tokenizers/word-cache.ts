// Remembers the tokens of words already merged. Text repeats its words, so nearly all of it is answered
// from here; the memory is bounded by forgetting everything when the cache is full.

import { ByteStringTable } from './byte-string-table.ts';
import { IdList } from './id-list.ts';

/** Longer pieces are rarely seen twice. */
const MAX_WORD_BYTES = 64;
const MAX_WORDS = 1 << 17;

/** Encodes pieces of bytes by `merge`, remembering the results. */
export class WordCache {
  private readonly words = new ByteStringTable();
  private readonly ids = new IdList();
  private readonly starts = new Uint32Array(MAX_WORDS + 1);
  private readonly merge: (bytes: Uint8Array, start: number, end: number, out: IdList) => void;

  /** `merge` appends the tokens of `bytes[start..end)` to `out`. */
  constructor(merge: (bytes: Uint8Array, start: number, end: number, out: IdList) => void) {
    this.merge = merge;
  }

  /** Appends the tokens of `bytes[start..end)` to `out`. */
  encode(bytes: Uint8Array, start: number, end: number, out: IdList): void {
    if (end - start > MAX_WORD_BYTES) {
      this.merge(bytes, start, end, out);
      return;
    }
    if (this.words.size === MAX_WORDS) {
      this.words.clear();
      this.ids.length = 0;
    }
    const known = this.words.size;
    const index = this.words.intern(bytes, start, end);
    if (index === known) {
      this.merge(bytes, start, end, this.ids);
      this.starts[index + 1] = this.ids.length;
    }
    out.pushFrom(this.ids, this.starts[index]!, this.starts[index + 1]!);
  }
}
