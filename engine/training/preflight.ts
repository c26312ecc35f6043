// Whether a run fits its device, decided before anything is allocated, and what would fit where it does not.

import type { RunSettings } from '../config.ts';
import type { DeviceLimits } from '../device/device.ts';
import { EngineError } from '../errors.ts';
import { memoryNeed, planTraining, type TrainingPlans } from './plans.ts';

/** Throws `memory-exceeded`, naming what is needed, what is there and a batch size that fits. */
export function requireMemory(settings: RunSettings, plans: TrainingPlans, limits: DeviceLimits): void {
  const { memoryBytes } = limits;
  const { totalBytes } = memoryNeed(plans);
  if (memoryBytes === null || totalBytes <= memoryBytes) return;
  const batchSize = fittingBatchSize(settings, limits.maxBindingBytes, memoryBytes);
  throw new EngineError(
    'memory-exceeded',
    `This run needs ${mebibytes(totalBytes)}; the device has ${mebibytes(memoryBytes)}.`,
    {
      hint:
        batchSize > 0
          ? `A batch size of ${batchSize} fits (--per-device-train-batch-size ${batchSize}); accumulate gradients to keep the same step.`
          : 'Not even one sequence fits: make the model smaller or the sequences shorter.',
    },
  );
}

/** A batch size that fits, found by halving the one asked for; 0 when none does. */
function fittingBatchSize(settings: RunSettings, maxBindingBytes: number, memoryBytes: number): number {
  for (let batchSize = Math.floor(settings.training.perDeviceTrainBatchSize / 2); batchSize > 0;) {
    const training = { ...settings.training, perDeviceTrainBatchSize: batchSize };
    const { totalBytes } = memoryNeed(planTraining({ ...settings, training }, maxBindingBytes));
    if (totalBytes <= memoryBytes) return batchSize;
    batchSize = Math.floor(batchSize / 2);
  }
  return 0;
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20).toLocaleString('en')} MiB`;
}
