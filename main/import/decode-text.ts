// Turns the bytes of a file into text by one documented rule: UTF-8 only, a byte order mark at the start is
// dropped, CRLF and lone CR become LF, NUL is refused. The result does not depend on how bytes were cut.

import { isUtf8 } from 'node:buffer';
import { EngineError } from '../../engine/index.ts';
import type { InputFile } from './input-file.ts';

/** The text of a file in pieces; throws `text-not-utf8` or `text-has-nul`, naming the byte. */
export async function* decodeText(file: InputFile): AsyncGenerator<string> {
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
      refuseUtf16(file, bytes);
      if (hasMark(bytes)) {
        bytes = bytes.subarray(3);
        offset = 3;
      }
    }
    const end = wholeCharacters(bytes);
    const whole = bytes.subarray(0, end);
    check(file, whole, offset);
    held = Buffer.from(bytes.subarray(end));
    offset += end;
    const { text, isCut } = normalise(whole.toString('utf8'), endsInReturn);
    endsInReturn = isCut;
    if (text) yield text;
  }
  if (offset === 0) refuseUtf16(file, held);
  check(file, held, offset);
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

function refuseUtf16(file: InputFile, bytes: Buffer): void {
  const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (!isUtf16) return;
  throw new EngineError('text-not-utf8', `${file.path} is text in UTF-16; UTF-8 was expected.`, {
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

function check(file: InputFile, bytes: Buffer, offset: number): void {
  const nul = bytes.indexOf(0);
  if (isUtf8(bytes) && nul < 0) return;
  const invalid = isUtf8(bytes) ? Infinity : firstInvalid(bytes);
  if (nul >= 0 && nul < invalid) {
    throw new EngineError(
      'text-has-nul',
      `${file.path} has a NUL at byte ${offset + nul}: it is not a text.`,
      { hint: 'If it is text in UTF-16, save it as UTF-8; else leave this file out.' },
    );
  }
  throw new EngineError('text-not-utf8', `${file.path} is not UTF-8 at byte ${offset + invalid}.`, {
    hint: 'Save it as UTF-8, for example with "iconv -f WINDOWS-1252 -t UTF-8".',
  });
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
