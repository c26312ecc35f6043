// The lines of a text, without their ends, however its pieces are cut. A line without end is refused before
// it fills the memory.

import { EngineError } from '../../engine/index.ts';
import { decodeText } from './decode-text.ts';
import type { InputFile } from './input-file.ts';
import type { OnTrouble } from './kind.ts';

/** A longer line is no row. */
const longestLineCharacters = 64 * 1024 * 1024;

/** The lines of a file; a line end at the very end begins no further line. Throws `line-too-long`. */
export async function* linesOf(file: InputFile, onTrouble: OnTrouble): AsyncGenerator<string> {
  let number = 1;
  const tooLong = (): EngineError =>
    new EngineError(
      'line-too-long',
      `${file.path} line ${number} has more than ${longestLineCharacters} characters.`,
      { hint: 'Put one item on each line; a plain text imports as .txt.' },
    );
  for await (const line of splitLines(decodeText(file, onTrouble), tooLong)) {
    yield line;
    number++;
  }
}

/** The lines of a text in pieces; `tooLong` makes the error for a line that is longer than any row. */
export async function* splitLines(
  pieces: AsyncIterable<string>,
  tooLong: () => EngineError,
): AsyncGenerator<string> {
  let parts: string[] = [];
  let length = 0;
  for await (const text of pieces) {
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      yield parts.join('') + text.slice(start, end);
      parts = [];
      length = 0;
      start = end + 1;
    }
    if (start === text.length) continue;
    parts.push(text.slice(start));
    length += text.length - start;
    if (length > longestLineCharacters) throw tooLong();
  }
  if (length > 0) yield parts.join('');
}
