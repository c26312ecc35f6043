// The beginning of a file as a file of its own, ending with a whole line: what a preview reads of it.

import type { InputFile } from './input-file.ts';

export interface FirstPart extends InputFile {
  /** Whether reading has come to where the part ends and the file goes on. */
  readonly isCut: () => boolean;
}

/** At most `mostBytes` of a file, and a line's rest less; `open` gives it whole. */
export function firstPart(file: InputFile, mostBytes: number): FirstPart {
  let isCut = false;
  return {
    ...file,
    isCut: () => isCut,
    async *read() {
      let left = mostBytes;
      // The part may end at the end of a piece: where its last line begins is then known only afterwards.
      let held: Buffer | null = null;
      for await (const piece of file.read()) {
        if (piece.length > left) {
          isCut = true;
          yield wholeLines(held ? Buffer.concat([held, piece.subarray(0, left)]) : piece.subarray(0, left));
          return;
        }
        if (held) yield held;
        held = piece;
        left -= piece.length;
      }
      if (held) yield held;
    },
  };
}

/** Bytes up to the last line end; where there is none, up to the last character. */
function wholeLines(bytes: Buffer): Buffer {
  const lineEnd = bytes.lastIndexOf(0x0a);
  if (lineEnd >= 0) return bytes.subarray(0, lineEnd + 1);
  let end = bytes.length - 1;
  while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end--;
  return bytes.subarray(0, Math.max(0, end));
}
