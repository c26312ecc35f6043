// One training step of a run from random weights, as its trainer records it, over and over on one batch of windows:
// for benches that compare one way of training with another. Nothing here is measured.

import type { RunSettings } from '../../engine/config.ts';
import { tokenPass } from '../../engine/data/token-pass.ts';
import type { WindowBatch } from '../../engine/data/windows.ts';
import type { Device } from '../../engine/device/device.ts';
import { Executor } from '../../engine/graph/executor.ts';
import { metricIndex } from '../../engine/graph/scalars.ts';
import { initializeParameters, writeConstants } from '../../engine/models/init.ts';
import { allPlans, planTraining } from '../../engine/training/plans.ts';
import type { Step } from './peers/serve-steps.ts';

const seed = 1;

/** Forward, backward, clip and AdamW on `batch`, rows of `length` tokens; each step gives its mean loss. */
export async function openTrainingStep(
  device: Device,
  settings: RunSettings,
  batch: WindowBatch,
  length: number,
): Promise<Step> {
  const plans = planTraining(settings, device.limits.maxBindingBytes);
  const plan = plans.shapes[0]!.microSteps[0]!;
  const executor = await Executor.create(device, plans.arenas, allPlans(plans));
  writeConstants(executor, plans.model);
  await initializeParameters(executor, plans.model, seed);
  const { learningRate, adamBeta1, adamBeta2 } = settings.training;
  return async (index) => {
    const scalars = {
      learningRate,
      lossScale: 1 / batch.targetCount,
      biasCorrection1: 1 - adamBeta1 ** (index + 1),
      biasCorrection2: 1 - adamBeta2 ** (index + 1),
    };
    executor.submit(plan, tokenPass(batch, length, settings.model.vocabSize, scalars));
    const metrics = new Float32Array(await executor.readOutput(plan, 'metrics'));
    return metrics[metricIndex.lossSum]! / batch.targetCount;
  };
}
