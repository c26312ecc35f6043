// One token a character: the sorted code points of the training text are ids 0, 1, 2, … as in nanoGPT's
// character datasets, with the unknown token and any other special tokens after them.
// In tokenizer.json this is a BPE without merges (characters-json.ts).

import { EngineError } from '../errors.ts';
import { AddedTokenMatcher } from './added-token-matcher.ts';
import { characterEnd, codePointAt } from './character-classes.ts';
import { type CharactersParts, writeCharacters } from './characters-json.ts';
import { findChatTemplate } from './chat-template.ts';
import { IdList } from './id-list.ts';
import { PieceScanner, type PieceSink, PieceStream, streamEncoderOf } from './piece-scanner.ts';
import { configFromRoles, findRoles, type SpecialTokenRoles } from './special-token-roles.ts';
import { requireTokenId, Utf8StreamingDecoder, visibleToken } from './token-text.ts';
import type {
  Encoding,
  StreamEncoder,
  StreamingDecoder,
  Tokenizer,
  TokenizerJson,
  TokenizerSource,
} from './tokenizer.ts';

/** A tokenizer whose tokens are characters. */
export class CharacterTokenizer implements Tokenizer {
  readonly kind = 'characters';
  readonly vocabSize: number;
  readonly specialTokens: ReadonlyMap<string, number>;
  readonly unknownTokenId: number | null;
  readonly endOfTextTokenId: number | null;
  readonly padTokenId: number | null;
  readonly chatTemplate: string | null;

  private readonly parts: CharactersParts;
  private readonly source: TokenizerSource | undefined;
  private readonly roles: SpecialTokenRoles;
  private readonly contents: ReadonlyMap<number, string>;
  private readonly idOfCodePoint = new Map<number, number>();
  private readonly tokenBytes: readonly Uint8Array[];
  private readonly scanner: PieceScanner;

  constructor(parts: CharactersParts, source?: TokenizerSource) {
    this.parts = parts;
    this.source = source;
    this.vocabSize = parts.tokens.length;
    const special = parts.addedTokens.filter(({ isSpecial }) => isSpecial);
    this.specialTokens = new Map(special.map(({ id, content }) => [content, id]));
    this.contents = new Map(parts.addedTokens.map(({ id, content }) => [id, content]));
    parts.tokens.forEach((token, id) => {
      if (!this.contents.has(id) && token !== parts.unknownToken)
        this.idOfCodePoint.set(token.codePointAt(0)!, id);
    });
    const roles = findRoles(source?.config, (content) => this.specialTokens.has(content));
    this.roles = { ...roles, unknown: parts.unknownToken };
    this.unknownTokenId = parts.unknownToken === null ? null : parts.tokens.indexOf(parts.unknownToken);
    this.endOfTextTokenId = this.specialTokens.get(this.roles.endOfText ?? '') ?? null;
    this.padTokenId = this.specialTokens.get(this.roles.pad ?? '') ?? null;
    this.chatTemplate = findChatTemplate(source?.config);
    const encoder = new TextEncoder();
    this.tokenBytes = parts.tokens.map((token) => encoder.encode(token));
    this.scanner = new PieceScanner(characterEnd, new AddedTokenMatcher(parts.addedTokens));
  }

  /** As the interface; without an unknown token, throws `unknown-character`. */
  encode(text: string): Encoding {
    const bytes = new TextEncoder().encode(text);
    const ids = new IdList();
    this.scanner.scan(bytes, 0, bytes.length, true, this.sinkInto(ids));
    return { ids: ids.take(), offsets: () => this.offsetsOf(text) };
  }

  /** An encoder for a text that arrives in chunks, cut anywhere. */
  streamEncoder(): StreamEncoder {
    const ids = new IdList();
    return streamEncoderOf(new PieceStream(this.scanner, this.sinkInto(ids)), ids);
  }

  decode(ids: ArrayLike<number>): string {
    let text = '';
    for (let i = 0; i < ids.length; i++) {
      requireTokenId(ids[i]!, this.vocabSize);
      text += this.parts.tokens[ids[i]!]!;
    }
    return text;
  }

  decoder(): StreamingDecoder {
    return new Utf8StreamingDecoder((id) => this.bytesOf(id));
  }

  tokenToString(id: number): string {
    return this.contents.get(id) ?? visibleToken(this.bytesOf(id));
  }

  firstUnknown(text: string): { character: string; index: number } | null {
    const bytes = new TextEncoder().encode(text);
    let byteOffset = -1;
    this.scanner.scan(bytes, 0, bytes.length, true, {
      piece: (_, start) => {
        if (byteOffset < 0 && !this.idOfCodePoint.has(codePointAt(bytes, start))) byteOffset = start;
      },
      added: () => {},
    });
    if (byteOffset < 0) return null;
    const before = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(0, byteOffset));
    return { character: String.fromCodePoint(text.codePointAt(before.length)!), index: before.length };
  }

  toTokenizerJson(): TokenizerJson {
    return this.source?.json ?? writeCharacters(this.parts);
  }

  toTokenizerConfig(): Record<string, unknown> {
    return this.source?.config ?? configFromRoles(this.roles);
  }

  private bytesOf(id: number): Uint8Array {
    requireTokenId(id, this.vocabSize);
    return this.tokenBytes[id]!;
  }

  private sinkInto(ids: IdList): PieceSink {
    return {
      piece: (bytes, start) => {
        const codePoint = codePointAt(bytes, start);
        ids.push(this.idOfCodePoint.get(codePoint) ?? this.unknownTokenId ?? refuseUnknown(codePoint));
      },
      added: (id) => ids.push(id),
    };
  }

  private offsetsOf(text: string): Uint32Array {
    const bytes = new TextEncoder().encode(text);
    const offsets = new IdList();
    this.scanner.scan(bytes, 0, bytes.length, true, {
      piece: (_, start, end) => pushSpan(offsets, start, end),
      added: (_, start, end) => pushSpan(offsets, start, end),
    });
    return offsets.take();
  }
}

function pushSpan(offsets: IdList, start: number, end: number): void {
  offsets.push(start);
  offsets.push(end);
}

function refuseUnknown(codePoint: number): never {
  const name = `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`;
  throw new EngineError(
    'unknown-character',
    `The character ${JSON.stringify(String.fromCodePoint(codePoint))} (${name}) is not in this tokenizer.`,
    {
      hint: 'Use only characters of the training text, or a byte-level BPE tokenizer, which knows every text.',
    },
  );
}
