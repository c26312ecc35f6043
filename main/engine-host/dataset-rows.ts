// Streams the rows of a table, whole or one part of its split, with all their columns. A row's place in the split
// is the same for every task: by order, or by the content of the whole row.

import { join } from 'node:path';
import type { DataConfig } from '../../engine/index.ts';
import { isHeldOut, lines, type TextPart } from './dataset-text.ts';
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
    const held =
      splitBy === 'hash' ? isHeldOut(line.replace(/\n$/, ''), validationFraction) : index >= border;
    return held === (part === 'validation');
  };
  let index = 0;
  for await (const line of lines(join(folder, 'rows.jsonl'))) {
    if (isIn(index, line)) yield { index, row: JSON.parse(line) as DatasetRow };
    index++;
    if (part === 'train' && splitBy === 'order' && index >= border) return;
  }
}
