// JSON lines: one object a line, its keys are the columns. Empty lines are passed over.

import { EngineError } from '../../engine/index.ts';
import type { InputFile } from './input-file.ts';
import type { ImportKind, ReadOptions, Row } from './kind.ts';
import { linesOf } from './lines.ts';

export const jsonlKind: ImportKind = { dataset: 'table', extensions: ['.jsonl', '.ndjson'], read };

async function* read(file: InputFile, { onTrouble }: ReadOptions): AsyncGenerator<Row> {
  let number = 0;
  for await (const line of linesOf(file, onTrouble)) {
    number++;
    if (line.trim() === '') continue;
    const row = parseRow(line, `${file.path} line ${number}`, 'jsonl-invalid');
    if (row instanceof EngineError) onTrouble(row, number);
    else yield row;
  }
}

/** The object that a JSON text holds, or the error that says what it holds instead. */
export function parseRow(text: string, where: string, code: string): Row | EngineError {
  const hint = 'Each item must be one JSON object, such as {"text": "Once upon a time"}.';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    return new EngineError(code, `${where} is not JSON: ${(cause as Error).message}.`, { hint, cause });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Row;
  const held = Array.isArray(value) ? 'a list' : JSON.stringify(value).slice(0, 60);
  return new EngineError(code, `${where} holds ${held}; an object was expected.`, { hint });
}
