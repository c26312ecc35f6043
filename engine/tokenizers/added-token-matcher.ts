// Finds added tokens (special ones such as <|endoftext|>) in the bytes of a text: the leftmost, and the
// longest among those that start there, as Hugging Face's tokenizers do.

/** A string that is matched whole, before any splitting. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** Special tokens are listed by name; others are only matched. */
  readonly isSpecial: boolean;
}

interface Candidate {
  readonly id: number;
  readonly bytes: Uint8Array;
}

/** Searches bytes for a fixed set of added tokens. */
export class AddedTokenMatcher {
  /** Bytes of the longest token; 0 when there are none. */
  readonly maxBytes: number;
  /** Where the last match starts, ends, and which token it is; meaningful after `find` returned true. */
  start = 0;
  end = 0;
  id = 0;
  private readonly byFirstByte: readonly (readonly Candidate[])[];
  private readonly isFirstByte = new Uint8Array(256);

  constructor(tokens: readonly AddedToken[]) {
    const candidates = tokens.map(({ id, content }) => ({ id, bytes: new TextEncoder().encode(content) }));
    candidates.sort((a, b) => b.bytes.length - a.bytes.length);
    for (const { bytes } of candidates) this.isFirstByte[bytes[0]!] = 1;
    this.byFirstByte = Array.from({ length: 256 }, (_, byte) =>
      candidates.filter(({ bytes }) => bytes[0] === byte),
    );
    this.maxBytes = candidates[0]?.bytes.length ?? 0;
  }

  /** Whether a token starts in `bytes[from..lastStart)` and ends by `end`; sets `start`, `end` and `id`. */
  find(bytes: Uint8Array, from: number, lastStart: number, end: number): boolean {
    if (this.maxBytes === 0) return false;
    for (let position = from; position < lastStart; position++) {
      const byte = bytes[position]!;
      if (this.isFirstByte[byte] === 0) continue;
      for (const candidate of this.byFirstByte[byte]!) {
        if (!matchesAt(bytes, position, end, candidate.bytes)) continue;
        this.start = position;
        this.end = position + candidate.bytes.length;
        this.id = candidate.id;
        return true;
      }
    }
    return false;
  }
}

function matchesAt(bytes: Uint8Array, position: number, end: number, wanted: Uint8Array): boolean {
  if (position + wanted.length > end) return false;
  for (let i = 0; i < wanted.length; i++) if (bytes[position + i] !== wanted[i]) return false;
  return true;
}
