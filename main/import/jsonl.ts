// JSON lines: one object a line, its keys are the columns. Empty lines are passed over.

import { decodeText } from './decode-text.ts';
import type { InputFile } from './input-file.ts';
import { refuseFile, type ImportKind, type Row } from './kind.ts';

/** A line longer than this is no row; without a limit a file without line ends would fill the memory. */
const longestLineCharacters = 64 * 1024 * 1024;

export const jsonlKind: ImportKind = { dataset: 'table', extensions: ['.jsonl', '.ndjson'], read };

async function* read(file: InputFile): AsyncGenerator<Row> {
  let number = 0;
  for await (const line of lines(file)) {
    number++;
    if (line.trim() !== '') yield parseLine(file, line, number);
  }
}

function parseLine(file: InputFile, line: string, number: number): Row {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    return refuseFile(
      'jsonl-invalid',
      `${file.path} line ${number} is not JSON: ${(error as Error).message}.`,
      'Every line must be one JSON object, such as {"text": "Once upon a time"}.',
      error,
    );
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Row;
  return refuseFile(
    'jsonl-invalid',
    `${file.path} line ${number} holds ${Array.isArray(value) ? 'a list' : JSON.stringify(value).slice(0, 60)}; an object was expected.`,
    'Every line must be one JSON object, such as {"text": "Once upon a time"}.',
  );
}

async function* lines(file: InputFile): AsyncGenerator<string> {
  let parts: string[] = [];
  let length = 0;
  let number = 1;
  for await (const text of decodeText(file)) {
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      yield parts.join('') + text.slice(start, end);
      parts = [];
      length = 0;
      number++;
      start = end + 1;
    }
    parts.push(text.slice(start));
    length += text.length - start;
    if (length > longestLineCharacters) {
      refuseFile(
        'line-too-long',
        `${file.path} line ${number} has more than ${longestLineCharacters} characters.`,
        'Put one object on each line; a plain text imports as .txt.',
      );
    }
  }
  if (length > 0) yield parts.join('');
}
