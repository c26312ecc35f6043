// Byte-level BPE as GPT-2 and GPT-4 use it: text is UTF-8 bytes, cut into pieces by a split pattern, and
// each piece is merged by learned ranks. Every string of bytes has tokens, and they give it back exactly.
// Training is in bpe-trainer.ts, the file form in byte-level-bpe-json.ts.

import { AddedTokenMatcher } from './added-token-matcher.ts';
import { type ByteLevelBpeParts, writeByteLevelBpe } from './byte-level-bpe-json.ts';
import { findChatTemplate } from './chat-template.ts';
import { IdList } from './id-list.ts';
import { PairTable } from './pair-table.ts';
import { PieceScanner, type PieceSink, PieceStream, streamEncoderOf } from './piece-scanner.ts';
import { configFromRoles, findRoles, type SpecialTokenRoles } from './special-token-roles.ts';
import { pieceEnd, type SplitPatternName } from './split-patterns.ts';
import { requireTokenId, Utf8StreamingDecoder, visibleToken } from './token-text.ts';
import type {
  Encoding,
  StreamEncoder,
  StreamingDecoder,
  Tokenizer,
  TokenizerJson,
  TokenizerSource,
} from './tokenizer.ts';
import { WordCache } from './word-cache.ts';
import { WordMerger } from './word-merger.ts';

/** A byte-level BPE tokenizer. */
export class ByteLevelBpeTokenizer implements Tokenizer {
  readonly kind = 'byte-level-bpe';
  readonly vocabSize: number;
  readonly specialTokens: ReadonlyMap<string, number>;
  /** Null: every byte has a token. */
  readonly unknownTokenId = null;
  readonly endOfTextTokenId: number | null;
  readonly padTokenId: number | null;
  readonly chatTemplate: string | null;
  readonly splitPattern: SplitPatternName;

  private readonly parts: ByteLevelBpeParts;
  private readonly source: TokenizerSource | undefined;
  private readonly roles: SpecialTokenRoles;
  private readonly contents: ReadonlyMap<number, string>;
  private readonly byteIds: Int32Array;
  private readonly merger: WordMerger;
  private readonly cache: WordCache;
  private readonly scanner: PieceScanner;
  private symbols = new Int32Array(64);

  constructor(parts: ByteLevelBpeParts, source?: TokenizerSource) {
    this.parts = parts;
    this.source = source;
    this.vocabSize = parts.tokens.length;
    this.splitPattern = parts.pattern.name;
    this.contents = new Map(parts.addedTokens.map(({ id, content }) => [id, content]));
    this.specialTokens = new Map(
      parts.addedTokens.filter(({ isSpecial }) => isSpecial).map(({ id, content }) => [content, id]),
    );
    this.roles = findRoles(source?.config, (content) => this.specialTokens.has(content));
    this.endOfTextTokenId = this.specialTokens.get(this.roles.endOfText ?? '') ?? null;
    this.padTokenId = this.specialTokens.get(this.roles.pad ?? '') ?? null;
    this.chatTemplate = findChatTemplate(source?.config);

    this.byteIds = new Int32Array(256);
    parts.tokens.forEach((bytes, id) => {
      if (bytes.length === 1 && !this.contents.has(id)) this.byteIds[bytes[0]!] = id;
    });
    const ranks = new PairTable();
    const results = new Int32Array(parts.merges.length / 3);
    for (let rank = 0; rank < results.length; rank++) {
      ranks.add(parts.merges[rank * 3]!, parts.merges[rank * 3 + 1]!);
      results[rank] = parts.merges[rank * 3 + 2]!;
    }
    this.merger = new WordMerger(ranks, results);
    this.cache = new WordCache((bytes, start, end, out) => this.mergePiece(bytes, start, end, out));
    this.scanner = new PieceScanner(
      (bytes, start, end, isFinal) => pieceEnd(parts.pattern, bytes, start, end, isFinal),
      new AddedTokenMatcher(parts.addedTokens),
    );
  }

  encode(text: string): Encoding {
    const ids = this.encodeBytes(new TextEncoder().encode(text));
    return { ids, offsets: () => this.offsetsOf(ids) };
  }

  /** The ids of any bytes, UTF-8 or not; `decodeBytes` gives the same bytes back. */
  encodeBytes(bytes: Uint8Array): Uint32Array {
    const ids = new IdList();
    this.scanner.scan(bytes, 0, bytes.length, true, this.sinkInto(ids));
    return ids.take();
  }

  /** An encoder for a text that arrives in chunks, cut anywhere. */
  streamEncoder(): StreamEncoder {
    const ids = new IdList();
    return streamEncoderOf(new PieceStream(this.scanner, this.sinkInto(ids)), ids);
  }

  decode(ids: ArrayLike<number>): string {
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(this.decodeBytes(ids));
  }

  /** The bytes that the ids stand for. Throws `token-id-out-of-range`. */
  decodeBytes(ids: ArrayLike<number>): Uint8Array<ArrayBuffer> {
    let length = 0;
    for (let i = 0; i < ids.length; i++) length += this.bytesOf(ids[i]!).length;
    const bytes = new Uint8Array(length);
    let position = 0;
    for (let i = 0; i < ids.length; i++) {
      const token = this.parts.tokens[ids[i]!]!;
      // Tokens are short: copying by hand is faster than a call to set.
      for (let j = 0; j < token.length; j++) bytes[position++] = token[j]!;
    }
    return bytes;
  }

  decoder(): StreamingDecoder {
    return new Utf8StreamingDecoder((id) => this.bytesOf(id));
  }

  tokenToString(id: number): string {
    return this.contents.get(id) ?? visibleToken(this.bytesOf(id));
  }

  firstUnknown(): null {
    return null;
  }

  toTokenizerJson(): TokenizerJson {
    return this.source?.json ?? writeByteLevelBpe(this.parts);
  }

  toTokenizerConfig(): Record<string, unknown> {
    return this.source?.config ?? configFromRoles(this.roles);
  }

  private bytesOf(id: number): Uint8Array {
    requireTokenId(id, this.vocabSize);
    return this.parts.tokens[id]!;
  }

  private sinkInto(ids: IdList): PieceSink {
    return {
      piece: (bytes, start, end) => this.cache.encode(bytes, start, end, ids),
      added: (id) => ids.push(id),
    };
  }

  private mergePiece(bytes: Uint8Array, start: number, end: number, out: IdList): void {
    const length = end - start;
    if (length > this.symbols.length) this.symbols = new Int32Array(length);
    for (let i = 0; i < length; i++) this.symbols[i] = this.byteIds[bytes[start + i]!]!;
    const count = this.merger.merge(this.symbols, length);
    for (let i = 0; i < count; i++) out.push(this.symbols[i]!);
  }

  private offsetsOf(ids: Uint32Array): Uint32Array {
    const offsets = new Uint32Array(ids.length * 2);
    let position = 0;
    for (let i = 0; i < ids.length; i++) {
      offsets[2 * i] = position;
      position += this.parts.tokens[ids[i]!]!.length;
      offsets[2 * i + 1] = position;
    }
    return offsets;
  }
}
