// Every plan of a training run, recorded before anything is allocated: the micro-steps, the evaluation,
// and the passes that write samples. What they need in memory is therefore known without a device.

import type { RunSettings } from '../config.ts';
import { makePlan, type Plan } from '../graph/plan.ts';
import { elementBytes, type Arena } from '../graph/tensor.ts';
import { recordGeneration, type GenerationPlans } from '../generation/plans.ts';
import { createModel, modelArenas, recordLoss, type Model } from '../models/decoder.ts';
import { createOptimizerState, recordUpdate, type OptimizerState } from './optimizer.ts';

export interface TrainingPlans {
  readonly model: Model;
  readonly optimizer: OptimizerState;
  /** One plan a micro-step of an optimizer step, in order; those alike are the same plan. */
  readonly microSteps: readonly Plan[];
  readonly evaluation: Plan;
  readonly generation: GenerationPlans;
  readonly arenas: readonly Arena[];
  /** Sequence length in tokens. */
  readonly length: number;
}

/** Bytes of a run by purpose, exact: they are what will be allocated. */
export interface MemoryNeed {
  readonly parameterBytes: number;
  readonly gradientBytes: number;
  readonly optimizerBytes: number;
  readonly activationBytes: number;
  readonly totalBytes: number;
}

/** Records all plans of a run for a device's largest binding. */
export function planTraining(settings: RunSettings, maxBindingBytes: number): TrainingPlans {
  const { training } = settings;
  const model = createModel(settings.model, { training: true });
  const optimizer = createOptimizerState(model, training);
  const length = training.maxLength || settings.model.maxPositionEmbeddings;
  const shape = { batch: training.perDeviceTrainBatchSize, length };
  const microStep = (accumulateGradients: boolean, updates: boolean): Plan => {
    const tape = recordLoss(model, shape, {
      training: true,
      accumulateGradients,
      maxBindingBytes,
      labelSmoothing: training.labelSmoothingFactor,
    });
    if (updates) recordUpdate(tape, model, optimizer, training);
    return makePlan(tape, maxBindingBytes);
  };
  const count = training.gradientAccumulationSteps;
  const first = microStep(false, count === 1);
  const middle = count > 2 ? microStep(true, false) : null;
  const last = count > 1 ? microStep(true, true) : null;
  const microSteps = Array.from({ length: count }, (_, i) =>
    i === 0 ? first : i === count - 1 ? last! : middle!,
  );
  const evaluation = makePlan(
    recordLoss(model, shape, { training: false, maxBindingBytes }),
    maxBindingBytes,
  );
  const generation = recordGeneration(model, maxBindingBytes);
  const arenas = [...modelArenas(model), ...optimizer.arenas.values(), generation.cacheArena];
  return { model, optimizer, microSteps, evaluation, generation, arenas, length };
}

/** Every distinct plan of a run. */
export function allPlans({ microSteps, evaluation, generation }: TrainingPlans): Plan[] {
  return [
    ...new Set([
      ...microSteps,
      evaluation,
      generation.decode,
      ...generation.prefills.map(({ plan }) => plan),
    ]),
  ];
}

/** What a run will allocate; plans share slabs as large as the largest of them. */
export function memoryNeed(plans: TrainingPlans): MemoryNeed {
  const bytesOf = (arenas: Iterable<Arena>): number =>
    [...arenas].reduce((sum, arena) => sum + arena.sizeElements * elementBytes[arena.elementType], 0);
  const { trainable, frozen, constantsArena, gradients } = plans.model.parameters;
  const slabs: number[] = [];
  for (const plan of allPlans(plans)) {
    plan.slabBytes.forEach((size, i) => (slabs[i] = Math.max(slabs[i] ?? 0, size)));
  }
  const parameterBytes = bytesOf([trainable, frozen, constantsArena]);
  const gradientBytes = bytesOf(gradients ? [gradients] : []);
  const optimizerBytes = bytesOf(plans.optimizer.arenas.values());
  const activationBytes = slabs.reduce((sum, size) => sum + size, 0) + bytesOf([plans.generation.cacheArena]);
  const totalBytes = parameterBytes + gradientBytes + optimizerBytes + activationBytes;
  return { parameterBytes, gradientBytes, optimizerBytes, activationBytes, totalBytes };
}
