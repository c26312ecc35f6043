// The one error type of the engine. The engine never logs: it throws this or emits events.
// Every code is stable and lower-kebab-case; messages are sentences a user can act on.

/** What a failed call says beyond its message: what to do next, and whether trying again can help. */
export interface EngineErrorDetails {
  /** What to do next, as one sentence. */
  hint?: string;
  /** The underlying error, when one exists. */
  cause?: unknown;
}

/** An error with a stable `code`, a message (what happened, what was expected) and a `hint` (what to do). */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly code: string;
  readonly hint: string;

  constructor(code: string, message: string, details: EngineErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.hint = details.hint ?? '';
  }
}
