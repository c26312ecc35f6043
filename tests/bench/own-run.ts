// A training run of Heddle's own on a device, as its trainer sets one up, with a workload's weights in it:
// the plans of the whole run, one executor, one step at a time. Nothing here is measured.

import type { Device } from '../../engine/device/device.ts';
import { tokenPass } from '../../engine/data/token-pass.ts';
import { Executor } from '../../engine/graph/executor.ts';
import type { Plan } from '../../engine/graph/plan.ts';
import { metricIndex } from '../../engine/graph/scalars.ts';
import { writeConstants } from '../../engine/models/init.ts';
import { modelParts } from '../../engine/models/weights.ts';
import { allPlans, planTraining } from '../../engine/training/plans.ts';
import type { WorkloadFiles } from './peers/workload-files.ts';

export interface OwnRun {
  readonly executor: Executor;
  /** Forward, backward, clip and AdamW. */
  readonly plan: Plan;
  /** What the plan reads for a step, counted from 0. */
  inputs(index: number): Record<string, Uint32Array>;
  /** One whole step; gives its loss. */
  step(index: number): Promise<number>;
}

/** Prepares the training run of a workload, and `more` plans over the same tensors. */
export async function openOwnRun(
  device: Device,
  files: WorkloadFiles,
  more: (step: Plan) => readonly Plan[] = () => [],
): Promise<OwnRun> {
  const { settings, batchSize, length } = files.workload;
  const { training, model: config } = settings;
  const plans = planTraining(settings, device.limits.maxBindingBytes);
  const plan = plans.shapes[0]!.microSteps[0]!;
  const executor = await Executor.create(device, plans.arenas, [...allPlans(plans), ...more(plan)]);
  writeConstants(executor, plans.model);
  const tensors = new Map(modelParts(plans.model.parameters).map(({ name, tensor }) => [name, tensor]));
  files.readWeights((name, _, values) => executor.writeTensor(tensors.get(name)!, values));
  const tokens = batchSize * length;
  const inputs = (index: number): Record<string, Uint32Array> =>
    tokenPass(files.batch(index), length, config.vocabSize, {
      learningRate: training.learningRate,
      lossScale: 1 / tokens,
      biasCorrection1: 1 - training.adamBeta1 ** (index + 1),
      biasCorrection2: 1 - training.adamBeta2 ** (index + 1),
    });
  return {
    executor,
    plan,
    inputs,
    async step(index) {
      executor.submit(plan, inputs(index));
      const metrics = new Float32Array(await executor.readOutput(plan, 'metrics'));
      return metrics[metricIndex.lossSum]! / tokens;
    },
  };
}
