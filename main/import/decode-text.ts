// Turns the bytes of a file into text by one documented rule: UTF-8 only, a byte order mark at the start is
// dropped, CRLF and lone CR become LF, NUL is refused, UTF-16 is refused with advice. The result does not
// depend on how bytes were cut. Where trouble is heard and not thrown, bytes that are no text become U+FFFD.

import { isUtf8 } from 'node:buffer';
import { EngineError } from '../../engine/index.ts';
import type { InputFile } from './input-file.ts';
import { throwTrouble, type OnTrouble } from './kind.ts';

/** The text of a file in pieces; its troubles are `text-not-utf8` and `text-has-nul`, naming byte and line. */
export async function* decodeText(
  file: InputFile,
  onTrouble: OnTrouble = throwTrouble,
): AsyncGenerator<string> {
  const checker = new TextChecker(file, onTrouble);
  let held: Buffer = Buffer.alloc(0);
  let offset = 0;
  let endsInReturn = false;
  for await (const piece of file.read()) {
    let bytes = held.length > 0 ? Buffer.concat([held, piece]) : piece;
    // The mark may come in the first three bytes of the file, and pieces may be as small as one byte.
    if (offset === 0) {
      if (bytes.length < 3) {
        held = bytes;
        continue;
      }
      if (isUtf16(bytes)) {
        onTrouble(utf16(file), 1);
        return;
      }
      if (hasMark(bytes)) {
        bytes = bytes.subarray(3);
        offset = 3;
      }
    }
    const end = wholeCharacters(bytes);
    const whole = bytes.subarray(0, end);
    checker.check(whole, offset);
    held = Buffer.from(bytes.subarray(end));
    offset += end;
    const { text, isCut } = normalise(whole.toString('utf8'), endsInReturn);
    endsInReturn = isCut;
    if (text) yield text;
  }
  if (offset === 0 && isUtf16(held)) {
    onTrouble(utf16(file), 1);
    return;
  }
  checker.check(held, offset);
  const { text, isCut } = normalise(held.toString('utf8'), endsInReturn);
  // A return was held back until it was known that no line feed follows.
  const last = isCut ? `${text}\n` : text;
  if (last) yield last;
}

/** Line ends become LF; a return at the end waits for what follows it. */
function normalise(text: string, startsAfterReturn: boolean): { text: string; isCut: boolean } {
  const joined = startsAfterReturn ? `\r${text}` : text;
  if (joined === '') return { text: '', isCut: false };
  const isCut = joined.endsWith('\r');
  return { text: (isCut ? joined.slice(0, -1) : joined).replace(/\r\n?/g, '\n'), isCut };
}

const hasMark = (bytes: Buffer): boolean => bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;

const isUtf16 = (bytes: Buffer): boolean =>
  (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);

function utf16(file: InputFile): EngineError {
  return new EngineError('text-not-utf8', `${file.path} is text in UTF-16; UTF-8 was expected.`, {
    hint: 'Save it as UTF-8, for example with "iconv -f UTF-16 -t UTF-8".',
  });
}

/** How many bytes at the start end with a whole character, judged by the last lead byte alone. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

/** Looks at bytes as they pass and says in which lines they are no text. */
class TextChecker {
  private readonly file: InputFile;
  private readonly onTrouble: OnTrouble;
  private line = 1;
  private isWanted = true;

  constructor(file: InputFile, onTrouble: OnTrouble) {
    this.file = file;
    this.onTrouble = onTrouble;
  }

  /** @param offset where in the file the bytes begin */
  check(bytes: Buffer, offset: number): void {
    const isGood = !this.isWanted || (isUtf8(bytes) && !bytes.includes(0));
    let start = 0;
    for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, start)) {
      if (!isGood) this.checkLine(bytes.subarray(start, end), offset + start);
      this.line++;
      start = end + 1;
    }
    if (!isGood) this.checkLine(bytes.subarray(start), offset + start);
  }

  private checkLine(bytes: Buffer, offset: number): void {
    const nul = bytes.indexOf(0);
    const isValid = isUtf8(bytes);
    if (!this.isWanted || (isValid && nul < 0)) return;
    const invalid = isValid ? Infinity : firstInvalid(bytes);
    const error =
      nul >= 0 && nul < invalid
        ? new EngineError(
            'text-has-nul',
            `${this.file.path} has a NUL at byte ${offset + nul} (line ${this.line}): it is not a text.`,
            { hint: 'If it is text in UTF-16, save it as UTF-8; else leave this file out.' },
          )
        : new EngineError(
            'text-not-utf8',
            `${this.file.path} is not UTF-8 at byte ${offset + invalid} (line ${this.line}).`,
            { hint: 'Save it as UTF-8, for example with "iconv -f WINDOWS-1252 -t UTF-8".' },
          );
    this.isWanted = this.onTrouble(error, this.line);
  }
}

/** The offset of the first byte that begins no valid character: the longest valid start, by halving. */
function firstInvalid(bytes: Buffer): number {
  let valid = 0;
  let end = bytes.length;
  while (valid < end) {
    const middle = (valid + end + 1) >> 1;
    // A cut inside a valid character must not count against the bytes before it.
    const cut = wholeCharacters(bytes.subarray(0, middle));
    if (isUtf8(bytes.subarray(0, cut))) valid = middle;
    else end = middle - 1;
  }
  return wholeCharacters(bytes.subarray(0, valid));
}
