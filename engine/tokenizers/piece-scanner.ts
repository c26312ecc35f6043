// Cuts the bytes of a text into added tokens and pieces, whole or as they arrive: the one place that
// decides where they end, so that encoding, streaming and training always agree.

import type { AddedTokenMatcher } from './added-token-matcher.ts';
import type { IdList } from './id-list.ts';
import { NeedsMore } from './character-classes.ts';
import type { StreamEncoder } from './tokenizer.ts';

/** Receives what a scan finds in `bytes[start..end)`, in the text's order. */
export interface PieceSink {
  piece(bytes: Uint8Array, start: number, end: number): void;
  added(id: number, start: number, end: number): void;
}

/** End of the piece at `start`, or `NeedsMore` where it depends on what follows `end` and that is not final. */
export type PieceEnd = (bytes: Uint8Array, start: number, end: number, isFinal: boolean) => number;

/** Scans bytes for added tokens and pieces. */
export class PieceScanner {
  private readonly pieceEnd: PieceEnd;
  private readonly matcher: AddedTokenMatcher;

  constructor(pieceEnd: PieceEnd, matcher: AddedTokenMatcher) {
    this.pieceEnd = pieceEnd;
    this.matcher = matcher;
  }

  /**
   * Hands the pieces of `bytes[start..end)` to `sink` and returns where it stopped: at `end` when
   * `isFinal`, else before the first piece that could still change with the bytes that follow.
   */
  scan(bytes: Uint8Array, start: number, end: number, isFinal: boolean, sink: PieceSink): number {
    const { matcher } = this;
    let position = start;
    for (;;) {
      // An added token may begin in the last maxBytes - 1 bytes without being recognisable yet.
      const known = isFinal ? end : Math.max(position, end - Math.max(0, matcher.maxBytes - 1));
      const hasToken = matcher.find(bytes, position, known, end);
      const stop = hasToken ? matcher.start : known;
      while (position < stop) {
        const next = this.pieceEnd(bytes, position, stop, hasToken || isFinal);
        if (next === NeedsMore) return position;
        sink.piece(bytes, position, next);
        position = next;
      }
      if (!hasToken) return position;
      sink.added(matcher.id, matcher.start, matcher.end);
      position = matcher.end;
    }
  }
}

/** Collects chunks of text or bytes and scans them; how they were cut into chunks never shows. */
export class PieceStream {
  /** Bytes taken in so far. */
  bytesTaken = 0;
  private readonly scanner: PieceScanner;
  private readonly sink: PieceSink;
  private readonly batchBytes: number;
  private buffer = new Uint8Array(1 << 17);
  private used = 0;
  /** Bytes at the front that the last scan left undecided. */
  private undecided = 0;
  private heldSurrogate = '';

  /** Chunks are gathered until `batchBytes` are new. */
  constructor(scanner: PieceScanner, sink: PieceSink, batchBytes = 1 << 16) {
    this.scanner = scanner;
    this.sink = sink;
    this.batchBytes = batchBytes;
  }

  /** Takes the next chunk; a UTF-8 sequence or surrogate pair may be cut between two. */
  push(chunk: string | Uint8Array): void {
    if (typeof chunk === 'string') {
      const text = this.heldSurrogate + chunk;
      const endsInHighSurrogate = text.length > 0 && (text.charCodeAt(text.length - 1) & 0xfc00) === 0xd800;
      this.heldSurrogate = endsInHighSurrogate ? text.slice(-1) : '';
      this.append(new TextEncoder().encode(endsInHighSurrogate ? text.slice(0, -1) : text));
    } else {
      this.releaseSurrogate();
      this.append(chunk);
    }
    // Waiting for as much as is undecided keeps tiny chunks of a huge piece from costing quadratic time.
    if (this.used - this.undecided >= Math.max(this.batchBytes, this.undecided)) this.scan(false);
  }

  /** Scans what is left; the stream may then be used for another text. */
  finish(): void {
    this.releaseSurrogate();
    this.scan(true);
  }

  private releaseSurrogate(): void {
    if (this.heldSurrogate === '') return;
    this.heldSurrogate = '';
    this.append(new TextEncoder().encode('\ufffd'));
  }

  private append(bytes: Uint8Array): void {
    if (this.used + bytes.length > this.buffer.length) {
      const larger = new Uint8Array(Math.max(this.used + bytes.length, this.buffer.length * 2));
      larger.set(this.buffer.subarray(0, this.used));
      this.buffer = larger;
    }
    this.buffer.set(bytes, this.used);
    this.used += bytes.length;
    this.bytesTaken += bytes.length;
  }

  private scan(isFinal: boolean): void {
    const stop = this.scanner.scan(this.buffer, 0, this.used, isFinal, this.sink);
    this.buffer.copyWithin(0, stop, this.used);
    this.used -= stop;
    this.undecided = this.used;
  }
}

/** The stream encoder of a piece stream whose sink writes into `ids`. */
export function streamEncoderOf(stream: PieceStream, ids: IdList): StreamEncoder {
  return {
    push(chunk) {
      stream.push(chunk);
      return ids.take();
    },
    finish() {
      stream.finish();
      return ids.take();
    },
  };
}
