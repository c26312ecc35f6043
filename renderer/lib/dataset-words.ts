// The words and figures for a dataset, and for files that may become one. Nothing of Vue.

import type { Dataset, ImportPreview, RunSummary } from '../../preload/contract.ts';
import { formatAgo } from './duration.ts';
import { formatBytes, formatCount, formatInteger } from './format.ts';
import type { Figure } from './run-figures.ts';

/** `1 row`, `2,000 rows`. */
export function countWords(count: number, one: string, many = `${one}s`): string {
  return `${formatInteger(count)} ${count === 1 ? one : many}`;
}

/** What rows are called: a text has lines. */
export function rowWord(kind: Dataset['kind']): string {
  return kind === 'text' ? 'line' : 'row';
}

/** What the dataset is: `text`, `table of 3 columns`. */
export function kindWords({ kind, columns }: Pick<Dataset, 'kind' | 'columns'>): string {
  return kind === 'text' ? 'text' : `table of ${countWords(columns.length, 'column')}`;
}

/** The runs that cannot go on without a dataset, newest first. */
export function runsOfDataset(runs: readonly RunSummary[], datasetId: string): RunSummary[] {
  return runs.filter((run) => run.datasetId === datasetId);
}

/** Whether a dataset's name or origin holds every word that is looked for. */
export function matchesDataset({ name, sourceName, kind }: Dataset, search: string): boolean {
  const text = `${name} ${sourceName} ${kind}`.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** The six figures at the top of a dataset. */
export function datasetFigures(dataset: Dataset, runCount: number, nowMs: number): Figure[] {
  const { kind, rowCount, characterCount, sizeBytes, textColumn, sourceName, createdAtMs } = dataset;
  const perRow = rowCount === 0 ? 0 : characterCount / rowCount;
  const figure = (label: string, value: string, note: string, help: string): Figure => ({
    label,
    value,
    note,
    help,
    tone: 'plain',
  });
  return [
    figure(
      'Kind',
      kind === 'text' ? 'Text' : 'Table',
      kind === 'text' ? 'one long text' : countWords(dataset.columns.length, 'column'),
      kind === 'text' ? 'One long text, read from beginning to end.' : dataset.columns.join(', '),
    ),
    figure(
      kind === 'text' ? 'Lines' : 'Rows',
      rowCount < 1e7 ? formatInteger(rowCount) : formatCount(rowCount),
      kind === 'table' ? `text from “${textColumn}”` : '',
      countWords(rowCount, rowWord(kind)),
    ),
    figure(
      'Characters',
      formatCount(characterCount),
      `${formatInteger(perRow)} a ${rowWord(kind)}`,
      countWords(characterCount, 'character'),
    ),
    figure('Size', formatBytes(sizeBytes), 'on disk', countWords(sizeBytes, 'byte')),
    figure('Runs', formatInteger(runCount), runCount === 0 ? 'none yet' : 'use it', 'Runs that train on it.'),
    figure('Imported', formatAgo(createdAtMs, nowMs), sourceName, new Date(createdAtMs).toLocaleString()),
  ];
}

/** How files are read as a sentence; a file's name at its beginning stays as it is. */
export function guessSentence({ guess, files }: Pick<ImportPreview, 'guess' | 'files'>): string {
  if (guess === '' || files.some(({ name }) => guess.startsWith(name))) return guess && `${guess}.`;
  return `${guess.charAt(0).toUpperCase()}${guess.slice(1)}.`;
}

/** What two files' lines are, in words: `120 and 118 lines`. */
export function alignedWords({ lineCounts }: NonNullable<ImportPreview['aligned']>): string {
  return `${lineCounts.map(formatInteger).join(' and ')} lines`;
}

/** A name for what files become, while nobody gave one. */
export function nameOfFiles(names: readonly string[], isFolder: boolean): string {
  const first = names[0] ?? 'dataset';
  return isFolder ? first : first.replace(/(.)\.[^.]+$/, '$1');
}
