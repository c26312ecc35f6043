// The error that pauses a run whose loss or gradient became infinite or no number.

import type { TrainingConfig } from '../config.ts';
import { EngineError } from '../errors.ts';

/** `non-finite`, with what the step gave and what may help. */
export function notFinite(
  { step, loss, gradNorm }: { step: number; loss: number; gradNorm: number },
  { mixedPrecision }: TrainingConfig,
): EngineError {
  return new EngineError(
    'non-finite',
    `Step ${step} gave a loss of ${loss} and a gradient norm of ${gradNorm}; the weights were left as they were before it.`,
    {
      hint:
        mixedPrecision === 'fp16'
          ? 'However little the loss is scaled, 16 bits do not hold this: train without mixed precision.'
          : 'Resume with a lower learning rate, or check the data around this step.',
    },
  );
}
