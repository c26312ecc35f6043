// How long steps and runs will take: from real steps on the device where there are any of a like size, else
// from its measured product and a model of how much of it a step reaches. Pure.

import type { RunSettings, StepWork } from '../../engine/index.ts';
import type { StepTime } from '../store/step-times.ts';
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
  const [nearest] = [...measured].sort((a, b) => distance(a, work) - distance(b, work));
  const likely = nearest ? (work.flops * nearest.stepMs) / nearest.flopsPerStep : null;
  if (nearest && likely !== null && distance(nearest, work) <= Math.log(likeFactor)) {
    return around(likely, 0.75, 1.35, 'steps');
  }
  if (device.matmulGflops !== null) {
    return around(fromProduct(work, device, device.matmulGflops), 0.8, 1.35, 'product');
  }
  return likely === null ? null : around(likely, 0.5, 2, 'steps');
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

/** The whole run: its steps, and its evaluations with their samples; saving and starting are small beside them. */
export function estimateRun(
  settings: RunSettings,
  work: StepWork,
  { stepMs }: StepEstimate,
  totalSteps: number,
): Range {
  const { evalSteps, evalBatches, gradientAccumulationSteps, sampleTokens } = settings.training;
  const evaluations = evalSteps > 0 ? Math.max(1, Math.floor(totalSteps / evalSteps)) : 1;
  // Forward is a third of a micro-step. A sampled token reads all weights once and computes next to nothing:
  // it costs about as much as 60 trained tokens.
  const evaluationSteps = evalBatches / gradientAccumulationSteps / 3;
  const samplingSteps = (60 * sampleTokens) / work.tokens;
  const steps = totalSteps + evaluations * (evaluationSteps + samplingSteps);
  return { low: steps * stepMs.low, high: steps * stepMs.high };
}
