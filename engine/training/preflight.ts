// Whether a run fits its device, decided before anything is allocated, and what would fit where it does not.

import type { RunSettings } from '../config.ts';
import type { DeviceLimits } from '../device/device.ts';
import { EngineError } from '../errors.ts';
import { changeFlags, fittingChanges } from './fitting.ts';
import { memoryNeed, planTraining, type MemoryNeed, type TrainingPlans } from './plans.ts';

/** Throws `memory-exceeded`, naming what is needed, what is there and the mildest change that fits. */
export function requireMemory(settings: RunSettings, plans: TrainingPlans, limits: DeviceLimits): void {
  const { memoryBytes, maxBindingBytes } = limits;
  const { totalBytes } = memoryNeed(plans);
  if (memoryBytes === null || totalBytes <= memoryBytes) return;
  const needOf = (changed: RunSettings): MemoryNeed => memoryNeed(planTraining(changed, maxBindingBytes));
  const [mildest] = fittingChanges(settings, memoryBytes, needOf);
  throw new EngineError(
    'memory-exceeded',
    `This run needs ${mebibytes(totalBytes)}; the device has ${mebibytes(memoryBytes)}.`,
    {
      hint: mildest
        ? `What fits: ${mildest.words} (${changeFlags(mildest)}).`
        : 'Not even one sequence fits: make the model smaller or the sequences shorter.',
    },
  );
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 2 ** 20).toLocaleString('en')} MiB`;
}
