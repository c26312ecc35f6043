// The split patterns that byte-level BPE knows by name, each as the regular expression that goes into
// tokenizer.json and as a scanner over bytes that finds the same pieces without any regex engine.
// A pattern that is not written here never reaches the fast path: nothing is compiled from a file.

import { classAt, Digit, Letter, NeedsMore, NewLine, Other, Space } from './character-classes.ts';

/** Name of a split pattern. */
export type SplitPatternName = 'gpt2' | 'gpt4';

/**
 * A piece longer than this is cut here (bytes), in every form of encoding and in training, so that
 * memory stays bounded. Encoding equals Hugging Face's for every piece up to this length.
 */
export const MAX_PIECE_BYTES = 1 << 20;

/** A split pattern: its name, its regular expression, and whether `'s` also matches with U+017F, long s. */
export interface SplitPattern {
  readonly name: SplitPatternName;
  readonly regex: string;
  readonly foldsLongS: boolean;
}

const GPT4_AFTER_CONTRACTIONS =
  '[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+';

/** GPT-2's pattern (https://github.com/openai/gpt-2/blob/master/src/encoder.py). */
export const GPT2_PATTERN: SplitPattern = {
  name: 'gpt2',
  regex: "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
  foldsLongS: false,
};

/**
 * GPT-4's pattern with its contractions spelled out: `(?i:'s)` also matches U+017F (long s) in Rust but
 * not in `@huggingface/tokenizers`; spelled out, both read the saved file alike.
 */
export const GPT4_PATTERN: SplitPattern = {
  name: 'gpt4',
  regex: `'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD]|${GPT4_AFTER_CONTRACTIONS}`,
  foldsLongS: false,
};

/** GPT-4's pattern as other files write it (cl100k_base in its Hugging Face form). */
export const CL100K_PATTERN: SplitPattern = {
  name: 'gpt4',
  regex: `(?i:'s|'t|'re|'ve|'m|'ll|'d)|${GPT4_AFTER_CONTRACTIONS}`,
  foldsLongS: true,
};

/** Every pattern that a loaded file may carry to get the fast path. */
export const KNOWN_PATTERNS: readonly SplitPattern[] = [GPT2_PATTERN, GPT4_PATTERN, CL100K_PATTERN];

/**
 * End of the piece that starts at `start`, with `end` the end of what is known. When `isFinal` is
 * false and the piece could still change with what follows, the answer is `NeedsMore`.
 */
export function pieceEnd(
  pattern: SplitPattern,
  bytes: Uint8Array,
  start: number,
  end: number,
  isFinal: boolean,
): number {
  const isLong = end - start > MAX_PIECE_BYTES;
  const stop = isLong ? characterBorder(bytes, start + MAX_PIECE_BYTES) : end;
  return pattern.name === 'gpt2'
    ? gpt2PieceEnd(bytes, start, stop, isFinal || isLong)
    : gpt4PieceEnd(bytes, start, stop, isFinal || isLong, pattern.foldsLongS);
}

function characterBorder(bytes: Uint8Array, position: number): number {
  let border = position;
  while (border > position - 3 && (bytes[border]! & 0xc0) === 0x80) border--;
  return (bytes[border]! & 0xc0) === 0x80 ? position : border;
}

function gpt2PieceEnd(bytes: Uint8Array, start: number, end: number, isFinal: boolean): number {
  if (bytes[start] === 0x27) {
    const length = contractionLength(bytes, start, end, false, false);
    if (length > 0) return start + length;
    if (start + -length >= end && !isFinal) return NeedsMore;
  }
  const first = characterAt(bytes, start, end, isFinal);
  if (first === NeedsMore) return NeedsMore;
  let kind = first & 7;
  let position = start + (first >> 3);
  if (kind === Space) {
    if (position >= end) return isFinal ? position : NeedsMore;
    const second = characterAt(bytes, position, end, isFinal);
    if (second === NeedsMore) return NeedsMore;
    if ((second & 7) < Space) {
      kind = second & 7;
      position += second >> 3;
    }
  }
  return kind < Space
    ? runEnd(bytes, position, end, isFinal, kind)
    : whiteSpaceEnd(bytes, start, end, isFinal, false);
}

function gpt4PieceEnd(
  bytes: Uint8Array,
  start: number,
  end: number,
  isFinal: boolean,
  foldsLongS: boolean,
): number {
  if (bytes[start] === 0x27) {
    const length = contractionLength(bytes, start, end, true, foldsLongS);
    if (length > 0) return start + length;
    if (start + -length >= end && !isFinal) return NeedsMore;
  }
  const first = characterAt(bytes, start, end, isFinal);
  if (first === NeedsMore) return NeedsMore;
  const kind = first & 7;
  let position = start + (first >> 3);
  if (kind === Letter) return runEnd(bytes, position, end, isFinal, Letter);
  if (kind === Digit) return digitsEnd(bytes, position, end, isFinal);
  if (kind === NewLine) return whiteSpaceEnd(bytes, start, end, isFinal, true);
  if (position >= end) return isFinal ? position : NeedsMore;
  const second = characterAt(bytes, position, end, isFinal);
  if (second === NeedsMore) return NeedsMore;
  const secondKind = second & 7;
  if (secondKind === Letter) return runEnd(bytes, position + (second >> 3), end, isFinal, Letter);
  if (kind === Other || (kind === Space && secondKind === Other)) {
    position = runEnd(bytes, position, end, isFinal, Other);
    return position === NeedsMore ? NeedsMore : runEnd(bytes, position, end, isFinal, NewLine);
  }
  return whiteSpaceEnd(bytes, start, end, isFinal, true);
}

/** The character at `position`; one that is cut off by the final end counts as a stray byte. */
function characterAt(bytes: Uint8Array, position: number, end: number, isFinal: boolean): number {
  const found = classAt(bytes, position, end);
  return found === NeedsMore && isFinal ? Other + 8 : found;
}

/** End of the run of characters of one class from `from`. */
function runEnd(bytes: Uint8Array, from: number, end: number, isFinal: boolean, kind: number): number {
  let position = from;
  while (position < end) {
    const found = characterAt(bytes, position, end, isFinal);
    if (found === NeedsMore) return NeedsMore;
    if ((found & 7) !== kind) return position;
    position += found >> 3;
  }
  return isFinal ? position : NeedsMore;
}

/** `\p{N}{1,3}` after its first digit. */
function digitsEnd(bytes: Uint8Array, from: number, end: number, isFinal: boolean): number {
  let position = from;
  for (let count = 1; count < 3; count++) {
    if (position >= end) return isFinal ? position : NeedsMore;
    const found = characterAt(bytes, position, end, isFinal);
    if (found === NeedsMore) return NeedsMore;
    if ((found & 7) !== Digit) return position;
    position += found >> 3;
  }
  return position;
}

/** `\s*[\r\n]+|\s+(?!\S)|\s+`, the first only with `keepsNewLines`, for a run of white space. */
function whiteSpaceEnd(
  bytes: Uint8Array,
  start: number,
  end: number,
  isFinal: boolean,
  keepsNewLines: boolean,
): number {
  let position = start;
  let lastStart = start;
  let afterNewLine = -1;
  while (position < end) {
    const found = characterAt(bytes, position, end, isFinal);
    if (found === NeedsMore) return NeedsMore;
    if ((found & 7) < Space) {
      if (keepsNewLines && afterNewLine >= 0) return afterNewLine;
      // The last white space before a word is left to it, unless it is the only one.
      return lastStart > start ? lastStart : position;
    }
    lastStart = position;
    position += found >> 3;
    if ((found & 7) === NewLine) afterNewLine = position;
  }
  if (!isFinal) return NeedsMore;
  return keepsNewLines && afterNewLine >= 0 ? afterNewLine : position;
}

/**
 * Length in bytes of the contraction (`'s 't 're 've 'm 'll 'd`) at `start`, or, where there is none,
 * minus the number of bytes that were looked at or would have to be.
 */
function contractionLength(
  bytes: Uint8Array,
  start: number,
  end: number,
  anyCase: boolean,
  foldsLongS: boolean,
): number {
  const fold = anyCase ? 0x20 : 0;
  if (start + 1 >= end) return -1;
  const first = bytes[start + 1]! | fold;
  if (first === 0x73 || first === 0x74 || first === 0x6d || first === 0x64) return 2;
  if (first !== 0x72 && first !== 0x76 && first !== 0x6c && !(foldsLongS && bytes[start + 1] === 0xc5))
    return 0;
  if (start + 2 >= end) return -2;
  if (bytes[start + 1] === 0xc5) return bytes[start + 2] === 0xbf ? 3 : 0;
  return (bytes[start + 2]! | fold) === (first === 0x6c ? 0x6c : 0x65) ? 3 : 0;
}
