// The rule by which bytes become text, for every way of cutting them, and the errors that name the byte.

import { describe, expect, it } from 'vitest';
import { decodeText } from '../../../main/import/decode-text.ts';
import type { InputFile } from '../../../main/import/input-file.ts';

function inPieces(bytes: Uint8Array, pieceBytes: number): InputFile {
  return {
    path: '/texts/a.txt',
    name: 'a.txt',
    extension: '.txt',
    sizeBytes: bytes.length,
    async *read() {
      for (let i = 0; i < bytes.length; i += pieceBytes) yield Buffer.from(bytes.subarray(i, i + pieceBytes));
    },
    open: () => Promise.reject(new Error('text is read from its start')),
  };
}

async function decode(bytes: Uint8Array, pieceBytes = 1 << 20): Promise<string> {
  const parts: string[] = [];
  for await (const text of decodeText(inPieces(bytes, pieceBytes))) parts.push(text);
  return parts.join('');
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const bytes = (...values: (number | string)[]): Uint8Array =>
  Buffer.concat(
    values.map((value) => (typeof value === 'string' ? Buffer.from(value) : Buffer.from([value]))),
  );

describe('text is read', () => {
  it.each([
    ['as it is', 'One\nTwo\n', 'One\nTwo\n'],
    ['without its byte order mark', '\ufeffOne', 'One'],
    ['with a mark within it', 'O\ufeffne', 'O\ufeffne'],
    ['with CRLF as LF', 'One\r\nTwo\r\n', 'One\nTwo\n'],
    ['with lone CR as LF', 'One\rTwo\r', 'One\nTwo\n'],
    ['with CR CR LF as two', 'One\r\r\nTwo', 'One\n\nTwo'],
    ['with other separators kept', 'a\u2028b\u0085c\u000bd', 'a\u2028b\u0085c\u000bd'],
    ['with every length of character', 'aé€😀', 'aé€😀'],
    ['when there is none', '', ''],
    ['when it is short', 'a\r', 'a\n'],
    ['when it is a mark alone', '\ufeff', ''],
  ])('%s, however it is cut', async (_, given, expected) => {
    for (let pieceBytes = 1; pieceBytes <= 64; pieceBytes++) {
      expect(await decode(utf8(given), pieceBytes), `pieces of ${pieceBytes}`).toBe(expected);
    }
  });
});

describe('what is no text is refused', () => {
  it.each([
    ['a stray byte', bytes('abc', 0xff, 'def'), 'text-not-utf8', /byte 3\b/],
    ['a lone continuation', bytes('aé', 0x80), 'text-not-utf8', /byte 3\b/],
    ['a character cut off at the end', bytes('ab', 0xe2, 0x82), 'text-not-utf8', /byte 2\b/],
    ['a character cut off within', bytes('ab', 0xe2, 0x82, 'c'), 'text-not-utf8', /byte 2\b/],
    ['an overlong form', bytes('ab', 0xc0, 0xaf), 'text-not-utf8', /byte 2\b/],
    ['half a surrogate pair', bytes('ab', 0xed, 0xa0, 0x80), 'text-not-utf8', /byte 2\b/],
    ['beyond Unicode', bytes('ab', 0xf5, 0x80, 0x80, 0x80), 'text-not-utf8', /byte 2\b/],
    ['after a mark', bytes(0xef, 0xbb, 0xbf, 'a', 0xff), 'text-not-utf8', /byte 4\b/],
    ['a NUL', bytes('abc', 0, 'd'), 'text-has-nul', /NUL at byte 3\b/],
    ['UTF-16', bytes(0xff, 0xfe, 'a', 0, 'b', 0), 'text-not-utf8', /UTF-16/],
    ['UTF-16, the other way round', bytes(0xfe, 0xff, 0, 'a'), 'text-not-utf8', /UTF-16/],
  ])('%s, by the byte it is at, however it is cut', async (_, given, code, message) => {
    for (const pieceBytes of [1, 2, 3, 4, 5, 7, 64]) {
      const failure = expect.objectContaining({ code, message: expect.stringMatching(message) });
      await expect(decode(given, pieceBytes), `pieces of ${pieceBytes}`).rejects.toEqual(failure);
    }
  });
});
