// The numbers of one micro-step that change from step to step, for its plan's scalars.

import type { TrainingConfig } from '../config.ts';
import { packScalars } from '../graph/scalars.ts';
import { randomKey } from '../random.ts';
import type { LossScaling } from './loss-scale.ts';

export interface MicroStep {
  readonly training: TrainingConfig;
  readonly step: number;
  /** Its place in the step. */
  readonly index: number;
  readonly learningRate: number;
  /** The whole step's token weight. */
  readonly targetCount: number;
  /** Null where the loss is not scaled. */
  readonly lossScaling: LossScaling | null;
  /** Steps of the run so far that changed nothing. */
  readonly skippedSteps: number;
}

/** Packed as every training plan reads them. */
export function stepScalars(microStep: MicroStep): Uint32Array {
  const { training, step, index, learningRate, targetCount, lossScaling, skippedSteps } = microStep;
  const { seed, gradientAccumulationSteps, adamBeta1, adamBeta2 } = training;
  const place = (step - 1) * gradientAccumulationSteps + index;
  const [randomKeyLow, randomKeyHigh] = randomKey(seed, 'dropout', place);
  const scale = lossScaling?.scale ?? 1;
  const updates = step - skippedSteps;
  return packScalars({
    learningRate,
    lossScale: scale / targetCount,
    unscale: 1 / scale,
    randomKeyLow,
    randomKeyHigh,
    biasCorrection1: 1 - adamBeta1 ** updates,
    biasCorrection2: 1 - adamBeta2 ** updates,
  });
}
