// Two texts whose lines belong together, such as a translation: one table with a column for each text and a
// row for each line. Lines are never moved: an empty line is an empty cell.

import { basename, dirname } from 'node:path';
import { EngineError } from '../../engine/index.ts';
import type { InputFile } from './input-file.ts';
import { refuseFile, type OnTrouble, type Row, type TableKind } from './kind.ts';
import { linesOf } from './lines.ts';
import { isKnownKind } from './registry.ts';

/** What makes one table of two files. */
export interface Alignment {
  readonly columns: readonly [string, string];
  /** The table's rows; to be read as that of the first file. */
  readonly kind: TableKind;
  /** Lines of each file that were read so far. */
  readonly lineCounts: [number, number];
}

/**
 * Whether files are to be read as aligned: where that is asked for, and where two files have one stem and
 * endings that are no kind of file, as in train.en and train.de. Throws `aligned-not-two`.
 */
export function isAlignment(files: readonly InputFile[], isAsked: boolean | undefined): boolean {
  if (isAsked === false) return false;
  if (isAsked !== true) {
    const [first, second, ...others] = files;
    if (!first || !second || others.length > 0 || files.some(isKnownKind)) return false;
    return first.extension !== '' && second.extension !== '' && stem(first) === stem(second);
  }
  if (files.length === 2) return true;
  return refuseFile(
    'aligned-not-two',
    `${files.length} files were given; two texts whose lines belong together were expected.`,
    'Name exactly two text files, such as train.en and train.de.',
  );
}

/** Pairs two files; the table's trouble is `aligned-lines-differ`, with both counts. */
export function alignFiles(files: readonly InputFile[]): Alignment {
  const [first, second] = files as [InputFile, InputFile];
  const columns = columnNames(first, second);
  const lineCounts: [number, number] = [0, 0];
  return {
    columns,
    lineCounts,
    kind: {
      dataset: 'table',
      extensions: [],
      read: (_, { onTrouble }) => readPairs([first, second], columns, lineCounts, onTrouble),
    },
  };
}

async function* readPairs(
  files: readonly [InputFile, InputFile],
  columns: readonly [string, string],
  counts: [number, number],
  onTrouble: OnTrouble,
): AsyncGenerator<Row> {
  counts.fill(0);
  const [left, right] = [linesOf(files[0], onTrouble), linesOf(files[1], onTrouble)];
  try {
    for (;;) {
      const [one, other] = [await left.next(), await right.next()];
      if (!one.done) counts[0]++;
      if (!other.done) counts[1]++;
      if (one.done || other.done) break;
      yield Object.fromEntries([
        [columns[0], one.value],
        [columns[1], other.value],
      ]);
    }
    for await (const _ of left) counts[0]++;
    for await (const _ of right) counts[1]++;
  } finally {
    await left.return(undefined);
    await right.return(undefined);
  }
  if (counts[0] !== counts[1]) onTrouble(linesDiffer(files, counts), null);
}

/** Says that two files do not go together, with both counts. */
function linesDiffer(files: readonly InputFile[], counts: readonly number[]): EngineError {
  const [first, second] = files.map(({ path }, i) => `${path} has ${lines(counts[i]!)}`);
  return new EngineError(
    'aligned-lines-differ',
    `${first}, but ${second}: they do not belong together line by line.`,
    {
      hint: 'Find where they part, often an empty or a broken line, or import the two as texts.',
    },
  );
}

const lines = (count: number): string => `${count} ${count === 1 ? 'line' : 'lines'}`;
const stem = ({ name, extension }: InputFile): string => name.slice(0, name.length - extension.length);

/** The first way of naming both that tells them apart: ending, last part of the stem, whole stem, folder. */
function columnNames(first: InputFile, second: InputFile): [string, string] {
  const ways: ((file: InputFile) => string)[] = [
    (file) => (isKnownKind(file) ? '' : file.extension.slice(1)),
    (file) => (stem(file).includes('.') ? stem(file).split('.').at(-1)! : ''),
    stem,
    ({ path }) => basename(dirname(path)),
  ];
  for (const way of ways) {
    const [one, other] = [way(first), way(second)];
    if (one !== '' && other !== '' && one !== other) return [one, other];
  }
  return ['first', 'second'];
}
