// Bits a byte of text: loss that compares between tokenizers, because it asks what a byte costs instead of what
// a token costs. Counts bytes; must not know a model.

const utf8 = new TextEncoder();

/** What is asked of a tokenizer to count bytes. */
export interface TokenText {
  readonly specialTokens: ReadonlyMap<string, number>;
  decoder(): TokenDecoder;
}

/** Gives text as soon as tokens make it whole. */
interface TokenDecoder {
  push(id: number): string;
  flush(): string;
}

/** Counts the bytes of the text that tokens stand for, in the order of the text. */
export class ByteCounter {
  private readonly specialIds: ReadonlySet<number>;
  private readonly decoder: TokenDecoder;
  private count = 0;

  constructor(tokenizer: TokenText) {
    this.specialIds = new Set(tokenizer.specialTokens.values());
    this.decoder = tokenizer.decoder();
  }

  /** Special tokens stand for no byte of the text. */
  push(ids: Iterable<number>): void {
    let text = '';
    for (const id of ids) if (!this.specialIds.has(id)) text += this.decoder.push(id);
    this.count += utf8.encode(text).length;
  }

  /** All bytes, now that no more tokens come. */
  finish(): number {
    this.count += utf8.encode(this.decoder.flush()).length;
    return this.count;
  }
}

/** (sum of the losses in nats / ln 2) / bytes; null where there are no bytes. */
export function bitsPerByte(lossSum: number, byteCount: number): number | null {
  return byteCount === 0 ? null : lossSum / Math.LN2 / byteCount;
}
