// The global gradient norm and the factor that clips it, kept on the device: the optimizer reads the factor
// from the metrics, and the host learns of both when it reads them later.

import { defineKernel } from '../../graph/kernel.ts';
import { metricIndex, scalarIndex } from '../../graph/scalars.ts';
import type { Tape } from '../../graph/tape.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { laneDefines } from '../parts/lanes.ts';
import { rowWindows } from '../parts/row-windows.ts';
import { reductionThreads, workgroupSumWgsl } from '../parts/workgroup-sum.ts';
import clipScaleSource from './clip-scale.wgsl?raw';
import sumOfSquaresSource from './sum-of-squares.wgsl?raw';

const elementsPerPartial = 16384;

const sumOfSquaresKernel = defineKernel({
  name: 'sumOfSquares',
  bindings: { x: 'read', partials: 'readwrite' },
  params: { count: 'u32', firstPartial: 'u32' },
  cpu: {
    phases: ({ count }) => [{ function: 'sumOfSquares', tiles: Math.ceil(count / elementsPerPartial) }],
  },
  wgsl: {
    source: workgroupSumWgsl + sumOfSquaresSource,
    entryPoint: 'sumOfSquares',
    workgroups: ({ count }) => Math.ceil(count / elementsPerPartial),
    defines: ({ count }, target) => ({ ...laneDefines(count), threads: reductionThreads(target) }),
  },
});

const clipScaleKernel = defineKernel({
  name: 'clipScale',
  bindings: { partials: 'read', metrics: 'readwrite', scalars: 'read?' },
  params: { count: 'u32', maxGradNorm: 'f32' },
  cpu: { phases: () => [{ function: 'clipScale', tiles: 1 }] },
  wgsl: {
    source: workgroupSumWgsl + clipScaleSource,
    entryPoint: 'clipScale',
    workgroups: () => 1,
    defines: (_, target) => ({
      ...metricIndex,
      unscale: scalarIndex.unscale,
      threads: reductionThreads(target),
    }),
  },
});

interface GradientNormOptions {
  readonly metrics: Tensor;
  readonly maxGradNorm: number;
  /** Given where the loss was scaled. */
  readonly scalars?: Tensor | null;
}

/**
 * Records metrics[gradNorm] = ||g|| over all elements of the gradients, and
 * metrics[clipScale] = min(1, maxGradNorm / (||g|| + 1e-6)), which is 1 for maxGradNorm 0 (no clipping), and
 * 0 when the norm or metrics[lossSum] is not finite, so that the optimizer leaves everything untouched.
 * Where the loss was scaled, g is the gradient times scalars[unscale], and so is the clip scale.
 * gradients: flat arena tensors (N) f32; metrics (8) f32, whose loss must have been recorded before; scalars (8) u32
 * or null.
 * As torch.nn.utils.clip_grad_norm_.
 */
export function gradientNorm(
  tape: Tape,
  gradients: readonly Tensor[],
  { metrics, maxGradNorm, scalars = null }: GradientNormOptions,
): void {
  const windows = gradients.flatMap((gradient) => rowWindows(gradient, tape.maxBindingBytes));
  const counts = windows.map(({ rows }) => Math.ceil(rows / elementsPerPartial));
  const total = counts.reduce((sum, count) => sum + count, 0);
  const partials = tape.transient('partial squares', [total]);
  let firstPartial = 0;
  windows.forEach(({ tensor, rows }, index) => {
    tape.run(sumOfSquaresKernel, { x: tensor, partials }, { count: rows, firstPartial });
    firstPartial += counts[index]!;
  });
  tape.run(clipScaleKernel, { partials, metrics, scalars }, { count: total, maxGradNorm });
}
