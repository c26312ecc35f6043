// One text that a model wrote in the playground, as it is remembered. Nothing of Vue.

import { recordOf } from './read-value.ts';

export interface PlaygroundOutput {
  readonly reference: string;
  /** The model as it was called then: "amber-loom, step 500". */
  readonly name: string;
  readonly text: string;
  readonly tokenCount: number | null;
  readonly tokensPerSecond: number | null;
  /** Ended by the user before it was done. */
  readonly isEnded: boolean;
}

/** What was kept of one, or nothing where it cannot be read. */
export function readOutput(value: unknown): PlaygroundOutput[] {
  const { reference, name, text, tokenCount, tokensPerSecond, isEnded } = recordOf(value);
  if (typeof reference !== 'string' || typeof name !== 'string' || typeof text !== 'string') return [];
  return [
    {
      reference,
      name,
      text,
      tokenCount: numberOrNull(tokenCount),
      tokensPerSecond: numberOrNull(tokensPerSecond),
      isEnded: isEnded === true,
    },
  ];
}

const numberOrNull = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null;
