// What went wrong, in the three parts that every place of the page shows: code, message, hint.

import type { Failure } from '../../preload/contract.ts';

/** A failure as an exception: what a call of the studio rejects with. */
export class StudioError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.name = 'StudioError';
    this.failure = failure;
  }
}

/** The failure to show for whatever was thrown. */
export function failureOf(error: unknown): Failure {
  if (error instanceof StudioError) return error.failure;
  return {
    code: 'page-error',
    message: error instanceof Error ? error.message : String(error),
    hint: 'Reload the page; if it happens again, report it with this text.',
  };
}

/** Whether a value from outside has the parts of a failure. */
export function isFailure(value: unknown): value is Failure {
  if (typeof value !== 'object' || value === null) return false;
  const { code, message, hint } = value as Record<string, unknown>;
  return [code, message, hint].every((part) => typeof part === 'string');
}

/** The text that the copy button gives. */
export function failureText({ code, message, hint }: Failure): string {
  return [`${code}: ${message}`, hint].filter(Boolean).join('\n');
}
