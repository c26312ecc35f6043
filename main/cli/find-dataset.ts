// The dataset that a command works on: files that are imported for it, or one that was imported before.

import { resolve } from 'node:path';
import type { Dataset, Studio } from '../../preload/contract.ts';
import { text, type CommandContext } from './command.ts';
import type { Flag } from './flags.ts';
import { programName } from './program-name.ts';
import { UsageError } from './usage-error.ts';

/** The flags that say how files are to be read. */
export const readingFlags: readonly Flag[] = [
  {
    name: 'text-column',
    type: 'text',
    valueName: 'NAME',
    help: 'The column of a table that holds the text.',
  },
  {
    name: 'header',
    type: 'boolean',
    help: 'Whether the first line of a table names its columns (--no-header: it does not).',
  },
];

/** The flags that name a dataset. */
export const datasetFlags: readonly Flag[] = [
  {
    name: 'data',
    type: 'text',
    isList: true,
    valueName: 'FILE',
    help: 'A text or table; may be given several times.',
  },
  {
    name: 'target',
    type: 'text',
    valueName: 'FILE',
    help: 'With one --data: a text whose lines belong to those of that file, such as their translations.',
  },
  {
    name: 'dataset',
    type: 'text',
    valueName: 'NAME',
    help: 'A dataset that was imported before, by name or id.',
  },
  ...readingFlags,
];

/** Files that are to be imported, and how they are to be read as the flags say. */
export function sourcesOf({ values }: CommandContext, paths: readonly string[]) {
  return {
    // The process that carries this out may run in another folder.
    sources: paths.map((path) => resolve(path)),
    textColumn: text(values, 'text-column'),
    hasHeader: values.get('header') as boolean | undefined,
  };
}

/**
 * The dataset that the flags name; null when they name none. Files are imported under `operationId`. Throws
 * UsageError.
 */
export async function findDataset(
  studio: Studio,
  context: CommandContext,
  operationId: string,
): Promise<Dataset | null> {
  const { values } = context;
  const paths = values.get('data') as string[] | undefined;
  const wanted = text(values, 'dataset');
  const target = text(values, 'target');
  if (target !== undefined && paths?.length !== 1) {
    throw new UsageError('--target needs one --data: the text whose lines it belongs to.');
  }
  if (paths && wanted) throw new UsageError('--data and --dataset exclude each other.');
  if (paths && target !== undefined) {
    const sources = sourcesOf(context, [...paths, target]);
    return studio.call('datasets.import', { ...sources, isAligned: true, operationId });
  }
  if (paths) return studio.call('datasets.import', { ...sourcesOf(context, paths), operationId });
  return wanted === undefined ? null : datasetNamed(studio, wanted);
}

/** A dataset by id or name; throws UsageError. */
export async function datasetNamed(studio: Studio, wanted: string): Promise<Dataset> {
  const datasets = await studio.call('datasets.list', {});
  const found = datasets.find(({ id }) => id === wanted) ?? datasets.find(({ name }) => name === wanted);
  if (found) return found;
  throw new UsageError(`There is no dataset "${wanted}".`, `See them with "${programName()} datasets".`);
}

/** The columns of two files that were given as --data and --target; none of other data. */
export function alignedColumns(
  { values }: CommandContext,
  { columns }: Pick<Dataset, 'columns'>,
): { inputColumn?: string; targetColumn?: string } {
  if (!values.has('target')) return {};
  const [inputColumn, targetColumn] = columns;
  return { inputColumn, targetColumn };
}
