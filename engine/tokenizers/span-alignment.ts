// Finds where tokens lie in a text when the tokenizer itself does not say: exact where the tokens put
// together are the text, a best effort where a normalizer changed case, accents or spaces.

import { alphabetToBytes } from './byte-alphabet.ts';

/** How far (UTF-16 units) past the previous token a token is looked for. */
const SEARCH_WINDOW = 64;

/**
 * UTF-8 byte offsets (two a token) of tokens in a text. `isByteLevel`: the tokens are in GPT-2's byte
 * alphabet, except those in `contents`. A token that is not found covers nothing, where the last one ended.
 */
export function alignTokens(
  text: string,
  tokens: readonly string[],
  isByteLevel: boolean,
  contents: ReadonlySet<string>,
): Uint32Array {
  const encoder = new TextEncoder();
  if (isByteLevel) {
    const lengths = tokens.map((token) =>
      contents.has(token) ? encoder.encode(token).length : (alphabetToBytes(token)?.length ?? 0),
    );
    const total = lengths.reduce((sum, length) => sum + length, 0);
    if (total === encoder.encode(text).length) return offsetsFromLengths(lengths);
  }
  return alignBySearch(text, tokens, isByteLevel, contents);
}

function offsetsFromLengths(lengths: readonly number[]): Uint32Array {
  const offsets = new Uint32Array(lengths.length * 2);
  let position = 0;
  lengths.forEach((length, index) => {
    offsets[2 * index] = position;
    position += length;
    offsets[2 * index + 1] = position;
  });
  return offsets;
}

function alignBySearch(
  text: string,
  tokens: readonly string[],
  isByteLevel: boolean,
  contents: ReadonlySet<string>,
): Uint32Array {
  const encoder = new TextEncoder();
  const lower = text.toLowerCase();
  // A few characters change their length with their case; then positions would not carry over.
  const haystack = lower.length === text.length ? lower : text;
  const offsets = new Uint32Array(tokens.length * 2);
  let position = 0;
  let byteOffset = 0;
  tokens.forEach((token, index) => {
    const surface = contents.has(token) ? token : surfaceOf(token, isByteLevel);
    const wanted = haystack === lower ? surface.toLowerCase() : surface;
    const window = haystack.slice(position, position + SEARCH_WINDOW + wanted.length);
    const found = wanted === '' ? -1 : window.indexOf(wanted);
    if (found >= 0) {
      byteOffset += encoder.encode(text.slice(position, position + found)).length;
      position += found;
    }
    offsets[2 * index] = byteOffset;
    if (found >= 0) {
      byteOffset += encoder.encode(text.slice(position, position + wanted.length)).length;
      position += wanted.length;
    }
    offsets[2 * index + 1] = byteOffset;
  });
  return offsets;
}

/** A token without the marks of WordPiece (##), SentencePiece (▁), word ends (</w>) and byte fallback. */
function surfaceOf(token: string, isByteLevel: boolean): string {
  if (isByteLevel) return new TextDecoder().decode(alphabetToBytes(token) ?? new Uint8Array(0)).trim();
  if (/^<0x[0-9A-F]{2}>$/.test(token)) return '';
  return token
    .replace(/^##/, '')
    .replace(/<\/w>$/, '')
    .replaceAll('▁', ' ')
    .trim();
}
