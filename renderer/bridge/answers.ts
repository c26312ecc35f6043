// Turns what a host answered into a value or an error that carries code and hint. Must not know of hosts.

import { isFailure, StudioError } from '../lib/failure.ts';

/** What Electron's preload answers with: thrown errors would lose their codes on the way. */
export type Answer = { ok: true; output: unknown } | { ok: false; error: unknown };

/** The output of an answer; throws what the failure of one stands for. */
export function outputOf(answer: Answer): unknown {
  if (answer.ok) return answer.output;
  throw errorOf(answer.error);
}

/** The error that a failure from outside stands for. */
export function errorOf(error: unknown): Error {
  return isFailure(error) ? new StudioError(error) : new Error(String(error));
}
