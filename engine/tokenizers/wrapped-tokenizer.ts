// Any tokenizer.json that @huggingface/tokenizers reads, behind the engine's interface. Slower than the
// engine's own forms; used for the tokenizers of downloaded models.

import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { EngineError } from '../errors.ts';
import { alphabetToBytes } from './byte-alphabet.ts';
import { findChatTemplate } from './chat-template.ts';
import { isRecord, isTokenId, readVocab } from './json-parts.ts';
import { alignTokens } from './span-alignment.ts';
import { configFromRoles, findRoles, type SpecialTokenRoles } from './special-token-roles.ts';
import { requireTokenId, visibleToken } from './token-text.ts';
import type {
  Encoding,
  StreamEncoder,
  StreamingDecoder,
  Tokenizer,
  TokenizerJson,
  TokenizerSource,
} from './tokenizer.ts';
import { WindowDecoder } from './window-decoder.ts';
import { encodeByPieces } from './wrapped-stream.ts';

/** A tokenizer that @huggingface/tokenizers runs. */
export class WrappedTokenizer implements Tokenizer {
  readonly kind = 'tokenizer-json';
  readonly vocabSize: number;
  readonly specialTokens: ReadonlyMap<string, number>;
  readonly unknownTokenId: number | null;
  readonly endOfTextTokenId: number | null;
  readonly padTokenId: number | null;
  readonly chatTemplate: string | null;

  private readonly source: TokenizerSource;
  private readonly inner: HuggingFaceTokenizer;
  private readonly roles: SpecialTokenRoles;
  private readonly contents: ReadonlySet<string>;
  private readonly isByteLevel: boolean;

  /** Throws `tokenizer-unsupported` where @huggingface/tokenizers cannot read the file. */
  constructor(source: TokenizerSource) {
    const { json, config } = source;
    this.source = source;
    const ids = new Map(vocabOf(json));
    for (const { id, content } of json.added_tokens) ids.set(content, id);
    this.vocabSize = 1 + [...ids.values()].reduce((largest, id) => Math.max(largest, id), -1);
    this.contents = new Set(json.added_tokens.map(({ content }) => content));
    this.specialTokens = new Map(
      json.added_tokens.filter(({ special }) => special).map(({ id, content }) => [content, id]),
    );
    const unknown = unknownTokenOf(json);
    const roles = findRoles(config, (content) => this.specialTokens.has(content));
    this.roles = { ...roles, unknown: unknown ?? roles.unknown };
    this.unknownTokenId = ids.get(this.roles.unknown ?? '') ?? null;
    this.endOfTextTokenId = ids.get(this.roles.endOfText ?? '') ?? null;
    this.padTokenId = ids.get(this.roles.pad ?? '') ?? null;
    this.chatTemplate = findChatTemplate(config);
    this.isByteLevel = isRecord(json.decoder) && json.decoder['type'] === 'ByteLevel';
    try {
      this.inner = new HuggingFaceTokenizer(json, config ?? {});
      // Some files are only found unreadable when they are used.
      this.inner.encode('Heddle 1', { add_special_tokens: false });
    } catch (cause) {
      throw unsupported(cause);
    }
  }

  encode(text: string): Encoding {
    const tokens = this.tokenize(text);
    return {
      ids: Uint32Array.from(tokens.ids),
      offsets: () => alignTokens(text, tokens.names, this.isByteLevel, this.contents),
    };
  }

  /**
   * An encoder for a text in chunks. It encodes long texts in pieces cut after line breaks, at places that
   * depend on the text alone; a tokenizer that marks the start of a text marks that of each piece.
   */
  streamEncoder(): StreamEncoder {
    return encodeByPieces((text) => this.tokenize(text).ids);
  }

  decode(ids: ArrayLike<number>): string {
    const known = Array.from(ids).filter((id) => {
      requireTokenId(id, this.vocabSize);
      return this.inner.id_to_token(id) !== undefined;
    });
    if (known.length === 0) return '';
    return this.inner.decode(known, {
      skip_special_tokens: false,
      clean_up_tokenization_spaces: this.source.config?.['clean_up_tokenization_spaces'] === true,
    });
  }

  decoder(): StreamingDecoder {
    return new WindowDecoder((ids) => this.decode(ids));
  }

  tokenToString(id: number): string {
    requireTokenId(id, this.vocabSize);
    const name = this.inner.id_to_token(id) ?? '';
    if (this.contents.has(name)) return name;
    const bytes = this.isByteLevel ? alphabetToBytes(name) : null;
    return visibleToken(bytes ?? new TextEncoder().encode(name));
  }

  firstUnknown(text: string): { character: string; index: number } | null {
    const isUnknown = (part: string) => this.tokenize(part).ids.some((id) => id === this.unknownTokenId);
    if (this.unknownTokenId === null || !isUnknown(text)) return null;
    for (const { 0: word, index: start } of text.matchAll(/\S+/g)) {
      if (!isUnknown(word)) continue;
      let index = start;
      for (const character of word) {
        if (isUnknown(character)) return { character, index };
        index += character.length;
      }
      // The word as a whole is unknown: its first character stands for it.
      return { character: String.fromCodePoint(word.codePointAt(0)!), index: start };
    }
    return { character: String.fromCodePoint(text.codePointAt(0)!), index: 0 };
  }

  toTokenizerJson(): TokenizerJson {
    return this.source.json;
  }

  toTokenizerConfig(): Record<string, unknown> {
    return this.source.config ?? configFromRoles(this.roles);
  }

  private tokenize(text: string): { ids: number[]; names: string[] } {
    const wellFormed = text.toWellFormed();
    const { ids, tokens } = this.inner.encode(wellFormed, { add_special_tokens: false });
    const missing = ids.findIndex((id) => id === undefined);
    if (missing < 0) return { ids, names: tokens };
    throw new EngineError(
      'unknown-character',
      `The tokenizer has no token for ${JSON.stringify(tokens[missing])} and no unknown token.`,
      { hint: 'Remove these characters from the text, or choose another tokenizer.' },
    );
  }
}

/** Token to id, for the two ways in which models list their vocabulary. Throws `tokenizer-json-invalid`. */
function vocabOf(json: TokenizerJson): Map<string, number> {
  const { vocab } = json.model;
  if (!Array.isArray(vocab)) {
    const ids = readVocab(vocab);
    if (ids !== null) return ids;
  } else if (vocab.every((entry) => Array.isArray(entry) && typeof entry[0] === 'string')) {
    return new Map(vocab.map((entry, id) => [(entry as [string, number])[0], id]));
  }
  throw new EngineError('tokenizer-json-invalid', 'The vocabulary of the tokenizer file is malformed.', {
    hint: 'Expected tokens with ids from 0 to 4194303, or a list of tokens with scores.',
  });
}

function unknownTokenOf({ model }: TokenizerJson): string | null {
  const { unk_token: name, unk_id: id, vocab } = model;
  if (typeof name === 'string' && name !== '') return name;
  const entry = isTokenId(id) && Array.isArray(vocab) ? vocab[id] : undefined;
  return Array.isArray(entry) && typeof entry[0] === 'string' ? entry[0] : null;
}

function unsupported(cause: unknown): EngineError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new EngineError('tokenizer-unsupported', `This kind of tokenizer cannot be used: ${reason}.`, {
    hint: 'Heddle reads every tokenizer.json that @huggingface/tokenizers reads.',
    cause,
  });
}
