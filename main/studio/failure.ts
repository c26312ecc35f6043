// Turns whatever was thrown into the three words that cross every boundary (code, message, hint), and back.

import { EngineError } from '../../engine/index.ts';
import type { Failure } from '../../preload/contract.ts';

/** The failure to show for an error; one that nobody foresaw has code `internal`. */
export function toFailure(error: unknown): Failure {
  if (error instanceof EngineError) return { code: error.code, message: error.message, hint: error.hint };
  const { message, code } = error as { message?: unknown; code?: unknown };
  if (code === 'SQLITE_FULL' || code === 'ENOSPC' || code === 'EDQUOT') {
    return {
      code: 'disk-full',
      message: `The disk is full: ${String(message)}.`,
      hint: 'Free some space and try again; what was saved before is whole.',
    };
  }
  return {
    code: 'internal',
    message: typeof message === 'string' ? message : String(error),
    hint: 'This should not happen: please report it with this message.',
  };
}

/** The error that a failure stands for. */
export function toError({ code, message, hint }: Failure): EngineError {
  return new EngineError(code, message, { hint });
}
