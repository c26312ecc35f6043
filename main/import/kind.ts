// What every kind of file offers that can be imported, and the words that all of them share.

import { EngineError } from '../../engine/index.ts';
import type { InputFile } from './input-file.ts';

/** One row of a table by column; values are JSON. */
export type Row = Record<string, unknown>;

export interface TableOptions {
  /** Whether the first line names the columns; detected when not given. */
  readonly hasHeader?: boolean;
  /** Says a guess in words, for people. */
  readonly onGuess: (guess: string) => void;
}

export type ImportKind =
  | {
      readonly dataset: 'text';
      readonly extensions: readonly string[];
      read(file: InputFile): AsyncIterable<string>;
    }
  | {
      readonly dataset: 'table';
      readonly extensions: readonly string[];
      /** Its rows; every row of a file has the same columns or fewer. */
      read(file: InputFile, options: TableOptions): AsyncIterable<Row>;
    };

/** Throws an error about one file. */
export function refuseFile(code: string, message: string, hint: string, cause?: unknown): never {
  throw new EngineError(code, message, { hint, cause });
}
