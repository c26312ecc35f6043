// What chooses the tokens of one target, step by step, from the logits of its beams. No device is known here:
// write-targets.ts runs the model between the steps.

export interface SearchSettings {
  readonly maxNewTokens: number;
  /** The token that ends a target; it is no part of what is given back. */
  readonly endTokenId: number;
  /** Tokens from here on are room in the head that the tokenizer does not know, and are never chosen. */
  readonly knownTokens: number;
  /** Other tokens that are never chosen: padding, the unknown token. */
  readonly neverWritten: readonly number[];
}

/** What follows a step: for each beam its new token, and the beam it goes on from. */
export interface SearchStep {
  readonly tokens: readonly number[];
  readonly parents: readonly number[];
}

/** The search of one target. */
export interface TargetSearch {
  /** Once true, `step` must not be called again. */
  readonly isDone: boolean;
  /** Takes the logits of every beam, one row of the head after another. */
  step(logits: Float32Array): SearchStep;
  /** The best target so far, without its end token. */
  best(): readonly number[];
}

/** Whether a token may be chosen. */
export function isWritable(token: number, { knownTokens, neverWritten }: SearchSettings): boolean {
  return token < knownTokens && !neverWritten.includes(token);
}
