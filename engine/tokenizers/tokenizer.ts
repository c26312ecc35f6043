// What every tokenizer of the engine offers, whatever it is made of, and the hash that names it.
// Nothing here knows a tokenizer's kind; how each is built, saved and loaded stands in its own file.

import { sha256 } from '../sha256.ts';

/** Anything JSON can hold. */
export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };

/** One entry of `added_tokens` in a tokenizer.json: a string matched whole in text, before anything else. */
export type AddedTokenJson = {
  id: number;
  content: string;
  single_word: boolean;
  lstrip: boolean;
  rstrip: boolean;
  normalized: boolean;
  special: boolean;
};

/** The object Hugging Face's `tokenizers` writes as tokenizer.json. */
export type TokenizerJson = {
  version: string;
  truncation: JsonValue;
  padding: JsonValue;
  added_tokens: AddedTokenJson[];
  normalizer: JsonValue;
  pre_tokenizer: JsonValue;
  post_processor: JsonValue;
  decoder: JsonValue;
  model: { [key: string]: JsonValue };
};

/** The tokens of one text. */
export interface Encoding {
  /** Token ids, in the text's order. */
  ids: Uint32Array;
  /** UTF-8 byte offsets of each token: token i covers bytes offsets[2i]..offsets[2i+1] of the text. */
  offsets(): Uint32Array;
}

/** Turns ids into text one at a time; never emits half a UTF-8 character. */
export interface StreamingDecoder {
  /** The text that became whole with this token, possibly empty. */
  push(id: number): string;
  /** What was held back; an unfinished UTF-8 character becomes U+FFFD. */
  flush(): string;
}

/** A tokenizer: text to ids and back. Encoding adds no special token that the text does not hold. */
export interface Tokenizer {
  readonly kind: 'characters' | 'byte-level-bpe' | 'tokenizer-json';
  /** Largest id + 1. */
  readonly vocabSize: number;
  /** Content to id, e.g. '<|endoftext|>' to 0. */
  readonly specialTokens: ReadonlyMap<string, number>;
  readonly unknownTokenId: number | null;
  readonly endOfTextTokenId: number | null;
  readonly padTokenId: number | null;
  /** The Jinja text that lays out a conversation, where the tokenizer came with one. */
  readonly chatTemplate: string | null;
  /** Special tokens written in the text become their ids; a lone surrogate counts as U+FFFD. */
  encode(text: string): Encoding;
  /** Special tokens become their content. Throws `token-id-out-of-range`. */
  decode(ids: ArrayLike<number>): string;
  decoder(): StreamingDecoder;
  /** One token in a form for people: spaces and control characters made visible. */
  tokenToString(id: number): string;
  /** Null when encodable, else the first character that is not and its index in UTF-16 units. */
  firstUnknown(text: string): { character: string; index: number } | null;
  /** The Hugging Face tokenizer.json object. */
  toTokenizerJson(): TokenizerJson;
  /** tokenizer_config.json for transformers' AutoTokenizer (PreTrainedTokenizerFast). */
  toTokenizerConfig(): Record<string, unknown>;
}

/** Encodes a text that arrives in chunks, cut anywhere: the ids together equal those of the whole text. */
export interface StreamEncoder {
  /** The ids that this chunk settled, possibly none. */
  push(chunk: string): Uint32Array;
  /** The ids of what was held back. */
  finish(): Uint32Array;
}

/** The files a tokenizer was loaded from; it is saved as it came. */
export interface TokenizerSource {
  readonly json: TokenizerJson;
  readonly config?: Record<string, unknown>;
}

/** SHA-256, in hex, of the tokenizer.json with its keys sorted: the same before saving and after loading. */
export async function tokenizerHash(tokenizer: Tokenizer): Promise<string> {
  const bytes = new TextEncoder().encode(canonicalJson(tokenizer.toTokenizerJson()));
  return sha256(bytes);
}

function canonicalJson(value: JsonValue): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key]!)}`).join(',')}}`;
}
