// Writes the rows of tables as JSON lines and settles which column holds the text. The first rows are held
// back until the column is known, so that a guess can be made and every row checked.

import { EngineError } from '../../engine/index.ts';
import { trainableText } from './cell-text.ts';
import type { DatasetWriter } from './dataset-writer.ts';
import { guessTextColumn } from './guess-header.ts';
import type { InputFile } from './input-file.ts';
import { throwTrouble, type Row, type TableKind } from './kind.ts';
import { Turns } from './turns.ts';

interface TableImport {
  readonly textColumn?: string;
  readonly hasHeader?: boolean;
  readonly onProgress: (title: string, value: number | null) => void;
  readonly signal?: AbortSignal;
}

const rowsForGuess = 200;
/** A table with more columns is refused. */
const mostColumns = 1_000;

/** Writes all rows; gives the columns, the text column and the characters in it (code points). */
export async function writeTable(
  files: readonly InputFile[],
  kinds: readonly TableKind[],
  writer: DatasetWriter,
  options: TableImport,
): Promise<{ columns: string[]; textColumn: string; characterCount: number }> {
  const columns = new Set<string>();
  let held: { row: Row; where: string }[] = [];
  let textColumn = options.textColumn ?? '';
  let isSettled = false;
  let characterCount = 0;
  const onGuess = (guess: string): void => options.onProgress(guess, null);
  const turns = new Turns();

  const settle = (): void => {
    isSettled = true;
    if (options.textColumn === undefined) {
      const guess = guessTextColumn(
        [...columns],
        held.map(({ row }) => row),
      );
      if (guess === null) throw noTextColumn(files, columns);
      textColumn = guess;
      if (columns.size > 1) onGuess(`The text is taken from the column "${textColumn}"`);
    } else if (!columns.has(textColumn)) {
      throw unknownColumn(files, textColumn, columns);
    }
  };
  const write = async ({ row, where }: { row: Row; where: string }): Promise<void> => {
    const cell = Object.hasOwn(row, textColumn) ? row[textColumn] : undefined;
    const text = trainableText(cell);
    if (text === null) throw notText(where, textColumn, cell);
    characterCount += countCodePoints(text);
    await writer.write(`${JSON.stringify(row)}\n`);
  };
  const release = async (): Promise<void> => {
    settle();
    for (const one of held) await write(one);
    held = [];
  };

  for (const [i, file] of files.entries()) {
    let number = 0;
    const { hasHeader } = options;
    for await (const row of kinds[i]!.read(file, { hasHeader, onGuess, onTrouble: throwTrouble })) {
      if (turns.isDue) await turns.give();
      options.signal?.throwIfAborted();
      number++;
      for (const column of Object.keys(row)) columns.add(column);
      if (columns.size > mostColumns) throw tooManyColumns(file);
      const one = { row, where: `${file.path} row ${number}` };
      if (isSettled) await write(one);
      else if (held.push(one) >= rowsForGuess) await release();
    }
  }
  if (columns.size === 0) throw noRows(files);
  if (!isSettled) await release();
  return { columns: [...columns], textColumn, characterCount };
}

/** The characters of a text: Unicode code points. */
export function countCodePoints(text: string): number {
  let count = text.length;
  for (let i = 0; i < text.length; i++) {
    const isPair = (text.charCodeAt(i) & 0xfc00) === 0xd800 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00;
    if (isPair) count--;
  }
  return count;
}

const namesOf = (files: readonly InputFile[]): string => files.map(({ path }) => path).join(', ');

function noRows(files: readonly InputFile[]): EngineError {
  return new EngineError('dataset-empty', `There is no row in ${namesOf(files)}.`, {
    hint: 'Choose a file that holds rows.',
  });
}

function noTextColumn(files: readonly InputFile[], columns: ReadonlySet<string>): EngineError {
  return new EngineError(
    'table-no-text',
    `No column of ${namesOf(files)} holds text; it has ${[...columns].join(', ')}.`,
    { hint: 'Name the column to train on with --text-column.' },
  );
}

function unknownColumn(
  files: readonly InputFile[],
  column: string,
  columns: ReadonlySet<string>,
): EngineError {
  return new EngineError(
    'table-column-unknown',
    `${namesOf(files)} has no column "${column}"; it has ${[...columns].join(', ')}.`,
    { hint: 'Name one of these columns.' },
  );
}

/** Says that a cell of the text column holds something else. */
export function notText(where: string, column: string, value: unknown): EngineError {
  const found = value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 60);
  return new EngineError(
    'table-cell-not-text',
    `${where} has ${found} in the column "${column}"; text was expected.`,
    {
      hint: 'Name another column with --text-column, or mend this row.',
    },
  );
}

function tooManyColumns(file: InputFile): EngineError {
  return new EngineError('table-columns-too-many', `${file.path} has more than ${mostColumns} columns.`, {
    hint: 'Keep the columns that matter.',
  });
}
