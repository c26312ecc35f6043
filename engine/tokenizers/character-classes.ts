// The classes of characters that the split patterns tell apart, read from UTF-8 bytes. A byte that is
// no part of well-formed UTF-8 is a character of class Other by itself, so any bytes can be split.

/** Class of a character: what the split patterns write as `\p{L}`, `\p{N}`, U+0020, other `\s`, CR or LF. */
export const Other = 0;
export const Letter = 1;
export const Digit = 2;
export const Space = 3;
export const WhiteSpace = 4;
export const NewLine = 5;

/** The answer where the bytes at hand do not decide, as the text goes on behind them. */
export const NeedsMore = -1;

const PAGE_BITS = 8;
const PAGE_SIZE = 1 << PAGE_BITS;
const pages: (Uint8Array | undefined)[] = Array.from({ length: 0x110000 >> PAGE_BITS }, () => undefined);
const ascii = pageOf(0);

function pageOf(codePoint: number): Uint8Array {
  const index = codePoint >> PAGE_BITS;
  const known = pages[index];
  if (known !== undefined) return known;
  const page = new Uint8Array(PAGE_SIZE);
  for (let i = 0; i < PAGE_SIZE; i++) page[i] = classify(String.fromCodePoint(index * PAGE_SIZE + i));
  pages[index] = page;
  return page;
}

function classify(character: string): number {
  if (character === ' ') return Space;
  if (character === '\n' || character === '\r') return NewLine;
  // Not /\s/: JavaScript's adds U+FEFF and lacks U+0085, unlike the regex engine behind tokenizer.json.
  if (/\p{White_Space}/u.test(character)) return WhiteSpace;
  if (/\p{L}/u.test(character)) return Letter;
  return /\p{N}/u.test(character) ? Digit : Other;
}

/** The class of one code point. */
function classOfCodePoint(codePoint: number): number {
  return pageOf(codePoint)[codePoint & (PAGE_SIZE - 1)]!;
}

/**
 * The class of the character at `bytes[position]` plus 8 times its length in bytes (`result & 7`,
 * `result >> 3`); or `NeedsMore` when the well-formed start of a character runs into `end`.
 */
export function classAt(bytes: Uint8Array, position: number, end: number): number {
  const lead = bytes[position]!;
  if (lead < 0x80) return ascii[lead]! + 8;
  const length = characterLength(bytes, position, end);
  if (length < 2) return length === NeedsMore ? NeedsMore : Other + 8;
  return classOfCodePoint(codePointAt(bytes, position)) + 8 * length;
}

/** Length in bytes of the character at `position`: 1 for a stray byte, `NeedsMore` where `end` cuts it off. */
function characterLength(bytes: Uint8Array, position: number, end: number): number {
  const lead = bytes[position]!;
  if (lead < 0xc2 || lead > 0xf4) return 1;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  for (let i = 1; i < length; i++) {
    if (position + i >= end) return NeedsMore;
    const byte = bytes[position + i]!;
    if ((byte & 0xc0) !== 0x80 || (i === 1 && isForbiddenSecondByte(lead, byte))) return 1;
  }
  return length;
}

/** Second bytes that would make an overlong form, a surrogate, or a code point above U+10FFFF. */
function isForbiddenSecondByte(lead: number, second: number): boolean {
  if (lead === 0xe0) return second < 0xa0;
  if (lead === 0xed) return second > 0x9f;
  if (lead === 0xf0) return second < 0x90;
  return lead === 0xf4 && second > 0x8f;
}

/** The code point of the well-formed character at `bytes[position]`. */
export function codePointAt(bytes: Uint8Array, position: number): number {
  const lead = bytes[position]!;
  if (lead < 0x80) return lead;
  const second = bytes[position + 1]! & 0x3f;
  if (lead < 0xe0) return ((lead & 0x1f) << 6) | second;
  const third = bytes[position + 2]! & 0x3f;
  if (lead < 0xf0) return ((lead & 0x0f) << 12) | (second << 6) | third;
  return ((lead & 0x07) << 18) | (second << 12) | (third << 6) | (bytes[position + 3]! & 0x3f);
}

/** End of the one character at `start`: the pieces of a character tokenizer. */
export function characterEnd(bytes: Uint8Array, start: number, end: number, isFinal: boolean): number {
  const length = characterLength(bytes, start, end);
  if (length === NeedsMore) return isFinal ? start + 1 : NeedsMore;
  return start + length;
}
