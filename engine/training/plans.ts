// Every plan of a training run, recorded before anything is allocated: micro-steps and evaluation for each shape
// of batch, and the passes that write samples. What they need in memory is therefore known without a device.

import { sequenceLength, tasks, type RunSettings } from '../config.ts';
import { batchShapes } from '../data/batch-shapes.ts';
import { makePlan, type Plan } from '../graph/plan.ts';
import { elementBytes, type Arena } from '../graph/tensor.ts';
import { allGenerationPlans, recordGeneration, type GenerationPlans } from '../generation/plans.ts';
import {
  allTargetPlans,
  recordTargetWriting,
  type TargetPlans,
  type TargetShape,
} from '../generation/target-plans.ts';
import type { PassShape } from '../models/blocks.ts';
import {
  createModel,
  isDecoderModel,
  isEncoderDecoderModel,
  modelArenas,
  type Model,
} from '../models/model.ts';
import { recordLoss } from '../models/loss.ts';
import { createOptimizerState, recordUpdate, type OptimizerState } from './optimizer.ts';

export interface TrainingPlans {
  readonly model: Model;
  readonly optimizer: OptimizerState;
  /** By `shapeIndex` of a batch. */
  readonly shapes: readonly ShapePlans[];
  /** The passes that go on with a text; null for models that do not. */
  readonly generation: GenerationPlans | null;
  /** The passes that write a target for a source; null for models that do not, and where none are wanted. */
  readonly targets: TargetPlans | null;
  readonly arenas: readonly Arena[];
}

/** The plans for batches of one shape. */
export interface ShapePlans extends PassShape {
  /** One plan a micro-step of an optimizer step, in order; those alike are the same plan. */
  readonly microSteps: readonly Plan[];
  readonly evaluation: Plan;
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
  const model = createModel(settings.model, { training: true, tuning: settings.tuning });
  const optimizer = createOptimizerState(model, settings.training);
  const shapes = batchShapes(settings).map((shape) =>
    planShape({ settings, model, optimizer, maxBindingBytes }, shape),
  );
  const generation = isDecoderModel(model) ? recordGeneration(model, maxBindingBytes) : null;
  const targets =
    isEncoderDecoderModel(model) && settings.training.predictExamples > 0
      ? recordTargetWriting(model, targetShape(settings), maxBindingBytes)
      : null;
  const arenas = [
    ...modelArenas(model),
    ...optimizer.arenas.values(),
    ...(generation ? [generation.cacheArena] : []),
    ...(targets ? [targets.cacheArena] : []),
  ];
  return { model, optimizer, shapes, generation, targets, arenas };
}

/** Targets written at once while a run is measured, beams counted. */
const targetRows = 16;

function targetShape({ model, training }: RunSettings): TargetShape {
  const length = sequenceLength(model, training);
  return {
    rows: Math.max(targetRows, training.numBeams),
    maxSourceLength: length,
    maxLength: training.maxTargetLength || length,
  };
}

interface Planned {
  readonly settings: RunSettings;
  readonly model: Model;
  readonly optimizer: OptimizerState;
  readonly maxBindingBytes: number;
}

function planShape({ settings, model, optimizer, maxBindingBytes }: Planned, shape: PassShape): ShapePlans {
  const { training, task } = settings;
  const microStep = (accumulateGradients: boolean, updates: boolean): Plan => {
    const tape = recordLoss(model, shape, {
      training: true,
      // Evaluation and writing read the weights themselves, in full precision.
      halfActivations: training.mixedPrecision === 'fp16',
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
  // Text alone pays for no more than its loss.
  const withTokenRank = tasks[task].metrics.length > 0;
  const evaluation = makePlan(
    recordLoss(model, shape, {
      training: false,
      maxBindingBytes,
      withTokenRank,
      withLogits: task === 'classify',
    }),
    maxBindingBytes,
  );
  return { ...shape, microSteps, evaluation };
}

/** Every distinct plan of a run. */
export function allPlans({ shapes, generation, targets }: TrainingPlans): Plan[] {
  return [
    ...new Set([
      ...shapes.flatMap(({ microSteps, evaluation }) => [...microSteps, evaluation]),
      ...(generation ? allGenerationPlans(generation) : []),
      ...(targets ? allTargetPlans(targets) : []),
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
  const activationBytes =
    slabs.reduce((sum, size) => sum + size, 0) +
    bytesOf([plans.generation, plans.targets].flatMap((writing) => writing?.cacheArena ?? []));
  const totalBytes = parameterBytes + gradientBytes + optimizerBytes + activationBytes;
  return { parameterBytes, gradientBytes, optimizerBytes, activationBytes, totalBytes };
}
