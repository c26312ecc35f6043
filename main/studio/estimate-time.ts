// How long steps and runs will take: from real steps on the device where there are any of a like size, else
// from its measured product and a model of how much of it a step reaches. Pure.

import {
  isEncoder,
  isPairTask,
  sequenceLength,
  taskNames,
  type RunSettings,
  type StepWork,
} from '../../engine/index.ts';
import type { StepTime } from '../store/step-times.ts';
import type { ExampleLengths } from './example-lengths.ts';
import type { KnownDevice } from './known-devices.ts';

export interface Range {
  readonly low: number;
  readonly high: number;
}

export interface StepEstimate {
  readonly stepMs: Range;
  /** The likeliest within the range. */
  readonly likelyMs: number;
  readonly measuredFrom: 'product' | 'steps';
}

/**
 * Steps here reach 92 to 97 % of the rate of the 512-cubed product on a CPU, from 128 to 768 features wide, and
 * each command costs some time beside its computing, which small models feel.
 */
const shareOfProduct = 0.95;
const commandMs = { cpu: 0.04, gpu: 0.02, software: 0.15 } as const;
/** Steps whose work differs by at most this factor run at the same rate, roughly. */
const likeFactor = 3;

/** How long one optimizer step takes; null where nothing is known of the device's speed. */
export function estimateStep(
  work: StepWork,
  device: KnownDevice,
  measured: readonly StepTime[],
): StepEstimate | null {
  const same = measured.find(({ shape }) => shape === work.shape);
  if (same) return around(same.stepMs, 0.92, 1.12, 'steps');
  const [nearest] = measured.filter(isWhole).sort((a, b) => distance(a, work) - distance(b, work));
  const likely = nearest ? (work.flops * nearest.stepMs) / nearest.flopsPerStep : null;
  if (nearest && likely !== null && distance(nearest, work) <= Math.log(likeFactor)) {
    return around(likely, 0.75, 1.35, 'steps');
  }
  if (device.matmulGflops !== null) {
    return around(fromProduct(work, device, device.matmulGflops), 0.8, 1.35, 'product');
  }
  return likely === null ? null : around(likely, 0.5, 2, 'steps');
}

/**
 * What decides how long a step takes, as text. Of a task with examples the mean of padded batches is measured, which
 * is that task's alone.
 */
export function timedShape({ task }: Pick<RunSettings, 'task'>, { shape }: Pick<StepWork, 'shape'>): string {
  return task === 'text' ? shape : `${shape} ${task}`;
}

/** Whether a measured step computed all that its shape says. */
function isWhole({ shape }: StepTime): boolean {
  return !taskNames.some((task) => shape.endsWith(` ${task}`));
}

function distance({ flopsPerStep }: StepTime, { flops }: StepWork): number {
  return Math.abs(Math.log(flops / flopsPerStep));
}

function around(
  likelyMs: number,
  low: number,
  high: number,
  measuredFrom: StepEstimate['measuredFrom'],
): StepEstimate {
  return { stepMs: { low: likelyMs * low, high: likelyMs * high }, likelyMs, measuredFrom };
}

function fromProduct(work: StepWork, device: KnownDevice, gflops: number): number {
  const launchMs =
    device.kind === 'cpu' ? commandMs.cpu : device.isSoftware ? commandMs.software : commandMs.gpu;
  return work.flops / (gflops * 1e6 * shareOfProduct) + work.commands * launchMs;
}

/** A written token reads all weights once and computes next to nothing: it costs as much as so many trained ones. */
const tokensPerWrittenOne = 60;
/** Targets that are written at once. */
const rowsWritten = 32;

/** Tokens that are written one after the other at an evaluation. */
function writtenTokens({ task, model, training }: RunSettings, lengths: ExampleLengths | null): number {
  const { sampleTokens, predictExamples } = training;
  if (isEncoder(model)) return 0;
  if (!isPairTask(task)) return sampleTokens;
  const longest = lengths?.length ? Math.max(...lengths) : sequenceLength(model, training);
  return Math.ceil(predictExamples / rowsWritten) * Math.min(longest, sequenceLength(model, training));
}

/** The whole run: its steps, and its evaluations with their samples; saving and starting are small beside them. */
export function estimateRun(
  settings: RunSettings,
  work: StepWork,
  { stepMs }: StepEstimate,
  totalSteps: number,
  lengths: ExampleLengths | null = null,
): Range {
  const { evalSteps, evalBatches, gradientAccumulationSteps } = settings.training;
  const evaluations = evalSteps > 0 ? Math.max(1, Math.floor(totalSteps / evalSteps)) : 1;
  // Forward is a third of a micro-step.
  const evaluationSteps = evalBatches / gradientAccumulationSteps / 3;
  const samplingSteps = (tokensPerWrittenOne * writtenTokens(settings, lengths)) / work.tokens;
  const steps = totalSteps + evaluations * (evaluationSteps + samplingSteps);
  return { low: steps * stepMs.low, high: steps * stepMs.high };
}
