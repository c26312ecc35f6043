// Which columns of a dataset a task uses: looked up in its first rows, and filled into the settings of a run
// before it exists, because they never change afterwards.

import {
  EngineError,
  guessColumns,
  type ColumnGuess,
  type ColumnSource,
  type RunSettings,
  type Task,
} from '../../engine/index.ts';
import type { Dataset } from '../../preload/contract.ts';
import { datasetRows, type DatasetRow } from '../engine-host/dataset-rows.ts';
import type { DatasetText } from '../engine-host/messages.ts';

/** Rows that columns are guessed by. */
const sampledRows = 200;
const whole = { validationFraction: 0, splitBy: 'order' } as const;

/** What columns are guessed by. */
export async function columnSource(
  { kind, columns, textColumn }: Pick<Dataset, 'kind' | 'columns' | 'textColumn'>,
  text: DatasetText,
): Promise<ColumnSource> {
  if (kind === 'text') return { kind, columns: [], rows: [], textColumn: '' };
  const rows: DatasetRow[] = [];
  for await (const { row } of datasetRows(text, 'all', whole)) {
    if (rows.push(row) >= sampledRows) break;
  }
  return { kind, columns, rows, textColumn };
}

/**
 * Settings whose columns are named; empty ones are guessed. Throws `dataset-unfit` where a text is given and the
 * task needs a table, `columns-unclear` where no columns fit.
 */
export function withColumns(settings: RunSettings, source: ColumnSource): RunSettings {
  const { task, data } = settings;
  const guess = guessColumns(task, source, data);
  refuseUnfit(task, source, guess);
  if (task === 'text') return settings;
  const { inputColumn, targetColumn } = guess;
  return { ...settings, data: { ...data, inputColumn, targetColumn } };
}

/**
 * The columns of a dataset for a model: those that are asked for, else those that it was trained on where they are
 * there, else those that are guessed. Throws as `withColumns` does.
 */
export function columnsForModel(
  { task, data }: Pick<RunSettings, 'task' | 'data'>,
  source: ColumnSource,
  asked: { readonly inputColumn?: string | undefined; readonly targetColumn?: string | undefined },
): Pick<ColumnGuess, 'inputColumn' | 'targetColumn'> {
  const known = (column: string): string => (source.columns.includes(column) ? column : '');
  const guess = guessColumns(task, source, {
    inputColumn: asked.inputColumn ?? known(data.inputColumn),
    targetColumn: asked.targetColumn ?? known(data.targetColumn),
  });
  refuseUnfit(task, source, guess);
  const { inputColumn, targetColumn } = guess;
  return { inputColumn, targetColumn };
}

function refuseUnfit(task: Task, { kind, columns }: ColumnSource, { problems }: ColumnGuess): void {
  const [problem] = problems;
  if (!problem) return;
  if (kind === 'text') throw new EngineError('dataset-unfit', problem.message, { hint: problem.hint });
  throw new EngineError('columns-unclear', `For ${task}: ${problem.message}`, {
    hint: `${problem.hint} There are ${columns.join(', ')}.`,
  });
}
