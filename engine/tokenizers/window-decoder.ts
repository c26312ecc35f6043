// Streams text from a tokenizer that can only decode whole lists of ids: each new token is decoded with
// a few before it, and only what is new and whole is given out.

import type { StreamingDecoder } from './tokenizer.ts';

/** After so many tokens a character that still looks unfinished is given out as it is. */
const MAX_HELD_TOKENS = 8;

/** Decodes a growing list of ids through a window over its end. */
export class WindowDecoder implements StreamingDecoder {
  private readonly decode: (ids: readonly number[]) => string;
  private ids: number[] = [];
  /** How many ids at the front are already given out; they stay as context. */
  private given = 0;

  constructor(decode: (ids: readonly number[]) => string) {
    this.decode = decode;
  }

  push(id: number): string {
    this.ids.push(id);
    const fresh = this.fresh();
    const isUnfinished = fresh === '' || fresh.endsWith('\ufffd');
    if (isUnfinished && this.ids.length - this.given < MAX_HELD_TOKENS) return '';
    this.ids = this.ids.slice(this.given);
    this.given = this.ids.length;
    return fresh;
  }

  flush(): string {
    const fresh = this.given < this.ids.length ? this.fresh() : '';
    this.ids = [];
    this.given = 0;
    return fresh;
  }

  private fresh(): string {
    const before = this.given === 0 ? '' : this.decode(this.ids.slice(0, this.given));
    return this.decode(this.ids).slice(before.length);
  }
}
