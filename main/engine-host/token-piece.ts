// What datasets are turned into for token shards, whatever the task.

/** Neighbouring tokens of one example. */
export interface TokenPiece {
  readonly ids: Uint32Array;
  /** Whether an example begins with them; an example may have no tokens. */
  readonly startsExample: boolean;
  /** 1 or 0 for each token; null when all of them are trained on. */
  readonly trainedOn: Uint8Array | null;
}
