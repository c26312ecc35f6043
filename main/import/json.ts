// JSON: a list of objects, or an object whose "data" is one. Read item by item, so that memory does not grow
// with the file; what else the outer object holds is passed over.

import { EngineError } from '../../engine/index.ts';
import { decodeText } from './decode-text.ts';
import type { InputFile } from './input-file.ts';
import { JsonItems, JsonShapeError } from './json-items.ts';
import { parseRow } from './jsonl.ts';
import type { ImportKind, ReadOptions, Row } from './kind.ts';

export const jsonKind: ImportKind = { dataset: 'table', extensions: ['.json'], read };

async function* read(file: InputFile, { onTrouble }: ReadOptions): AsyncGenerator<Row> {
  const items = new JsonItems();
  try {
    for await (const text of decodeText(file, onTrouble)) {
      for (const { text: item, line } of items.push(text)) {
        const row = parseRow(item, `${file.path} line ${line}`, 'json-invalid');
        if (row instanceof EngineError) onTrouble(row, line);
        else yield row;
      }
    }
    items.finish();
  } catch (error) {
    if (!(error instanceof JsonShapeError)) throw error;
    const words = new EngineError('json-invalid', `${file.path} line ${error.line}: ${error.message}.`, {
      hint: 'Expected a list of objects, [{"text": "…"}, …], or {"data": [{"text": "…"}, …]}.',
      cause: error,
    });
    onTrouble(words, error.line);
  }
}
