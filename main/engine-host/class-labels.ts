// The classes of a classification: the distinct values of its column over the whole dataset, in order.

import { EngineError, type DataConfig } from '../../engine/index.ts';
import { cellText } from '../import/cell-text.ts';
import { datasetRows } from './dataset-rows.ts';
import type { DatasetText } from './messages.ts';

/** More distinct values than this are no classes. */
export const mostClasses = 1_000;

/**
 * The classes, numbers in the order of numbers and words in that of the alphabet, as scikit-learn's encoder has
 * them. Throws `too-few-classes` or `too-many-classes`.
 */
export async function classLabels(
  dataset: DatasetText,
  data: DataConfig,
  signal: AbortSignal,
): Promise<string[]> {
  const seen = new Set<string>();
  for await (const { row } of datasetRows(dataset, 'all', data)) {
    signal.throwIfAborted();
    seen.add(cellText(row, data.targetColumn));
    if (seen.size > mostClasses) {
      throw new EngineError(
        'too-many-classes',
        `The column "${data.targetColumn}" has more than ${mostClasses.toLocaleString('en')} different values.`,
        { hint: 'Choose the column that names a class of each text (--target-column).' },
      );
    }
  }
  if (seen.size < 2) {
    throw new EngineError(
      'too-few-classes',
      `The column "${data.targetColumn}" has ${seen.size === 1 ? 'one value alone' : 'no values'}; classes need two.`,
      { hint: 'Choose the column that names a class of each text (--target-column).' },
    );
  }
  const labels = [...seen];
  const areNumbers = labels.every((label) => label.trim() !== '' && Number.isFinite(Number(label)));
  return labels.sort((a, b) => (areNumbers ? Number(a) - Number(b) : a < b ? -1 : 1));
}
