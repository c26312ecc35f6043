// Streams the rows of a table, whole or one part of its split, with all their columns. A row's place in the split
// is the same for every task: by order, or by the content of the whole row.

import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { DataConfig } from '../../engine/index.ts';
import { isHeldOut, type TextPart } from './dataset-text.ts';
import type { DatasetText } from './messages.ts';

/** A row's cells by column: text, or what JSON held. */
export type DatasetRow = Readonly<Record<string, unknown>>;

/** The rows of one part of a table, in order, each with its number in the whole table. */
export async function* datasetRows(
  { folder, rowCount }: Pick<DatasetText, 'folder' | 'rowCount'>,
  part: TextPart,
  { validationFraction, splitBy }: Pick<DataConfig, 'validationFraction' | 'splitBy'>,
): AsyncGenerator<{ index: number; row: DatasetRow }> {
  const border = Math.floor(rowCount * (1 - validationFraction));
  const isIn = (index: number, line: string): boolean => {
    if (part === 'all') return true;
    const held = splitBy === 'hash' ? isHeldOut(line, validationFraction) : index >= border;
    return held === (part === 'validation');
  };
  const input = createReadStream(join(folder, 'rows.jsonl'), { encoding: 'utf8', highWaterMark: 1 << 20 });
  let index = 0;
  try {
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      if (isIn(index, line)) yield { index, row: JSON.parse(line) as DatasetRow };
      index++;
      if (part === 'train' && splitBy === 'order' && index >= border) return;
    }
  } finally {
    input.destroy();
  }
}

/** A cell as text: text as it is, nothing as nothing, everything else as JSON. */
export function rowText(row: DatasetRow, column: string): string {
  const value = Object.hasOwn(row, column) ? row[column] : undefined;
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? '' : JSON.stringify(value);
}
