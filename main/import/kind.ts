// What every kind of file offers that can be imported, and the words that all of them share.

import { EngineError } from '../../engine/index.ts';
import type { InputFile } from './input-file.ts';

/** One row of a table by column; values are JSON. */
export type Row = Record<string, unknown>;

/**
 * Hears what is wrong in a file, and in which line where that is known. An import throws what it hears; a
 * preview keeps it, and answers whether more is worth finding.
 */
export type OnTrouble = (error: EngineError, line: number | null) => boolean;

export interface ReadOptions {
  /** Whether the first line of a table names the columns; detected when not given. */
  readonly hasHeader?: boolean;
  /** Rows beyond this number are not wanted, so that a kind need not decode them. */
  readonly mostRows?: number;
  /** Says a guess in words, for people. */
  readonly onGuess: (guess: string) => void;
  readonly onTrouble: OnTrouble;
}

export type ImportKind =
  | {
      readonly dataset: 'text';
      readonly extensions: readonly string[];
      read(file: InputFile, options: ReadOptions): AsyncIterable<string>;
    }
  | {
      readonly dataset: 'table';
      readonly extensions: readonly string[];
      /** Its rows; every row of a file has the same columns or fewer. */
      read(file: InputFile, options: ReadOptions): AsyncIterable<Row>;
    };

export type TableKind = Extract<ImportKind, { dataset: 'table' }>;

/** What an import does about trouble. */
export const throwTrouble: OnTrouble = (error) => {
  throw error;
};

/** Throws an error about one file. */
export function refuseFile(code: string, message: string, hint: string, cause?: unknown): never {
  throw new EngineError(code, message, { hint, cause });
}
