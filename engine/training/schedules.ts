// The learning rate of every step: warm-up, then constant, linear or cosine (transformers' get_scheduler).

import type { TrainingConfig } from '../config.ts';

/** Learning rate of optimizer step `step` (counted from 1) of `totalSteps`. */
export function learningRateAt(step: number, totalSteps: number, config: TrainingConfig): number {
  const { learningRate: peak, minLearningRate: end, lrSchedulerType } = config;
  // A run shorter than its warm-up would never reach its rate: at most a tenth of it warms up.
  const warmupSteps = Math.min(config.warmupSteps, Math.ceil(totalSteps / 10));
  if (step <= warmupSteps) return (peak * step) / warmupSteps;
  const progress = Math.min(1, (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps));
  switch (lrSchedulerType) {
    case 'constant':
      return peak;
    case 'linear':
      return end + (peak - end) * (1 - progress);
    case 'cosine':
      return end + (peak - end) * 0.5 * (1 + Math.cos(Math.PI * progress));
    default:
      return lrSchedulerType satisfies never;
  }
}
