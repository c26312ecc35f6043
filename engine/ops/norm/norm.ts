// Layer norm and RMS norm over the hidden size. The backward pass is two commands: one that gives dx and
// partial sums of the parameter gradient, one that adds those up. It adds into a gradient that is already
// there, because dx is usually the gradient of the residual stream. Norms per head are in head-norm.ts.

import { defineKernel } from '../../graph/kernel.ts';
import type { Tape } from '../../graph/tape.ts';
import { sizeOf, type Tensor } from '../../graph/tensor.ts';
import { columnSum } from '../column-sum/column-sum.ts';
import { reductionThreads, workgroupSumWgsl } from '../parts/workgroup-sum.ts';
import backwardSource from './norm-backward.wgsl?raw';
import forwardSource from './norm.wgsl?raw';

const rowsPerTile = 16;

const normKernel = defineKernel({
  name: 'norm',
  bindings: { x: 'read', parameter: 'read', y: 'write', statistics: 'write?' },
  params: { rows: 'u32', columns: 'u32', epsilon: 'f32', isCentered: 'u32', hasBias: 'u32' },
  cpu: {
    phases: ({ rows }) => [{ function: 'norm', tiles: Math.ceil(rows / rowsPerTile) }],
  },
  wgsl: {
    source: workgroupSumWgsl + forwardSource,
    entryPoint: 'norm',
    workgroups: ({ rows }) => rows,
    defines: (_, target) => ({ threads: reductionThreads(target) }),
  },
});

const normBackwardKernel = defineKernel({
  name: 'normBackward',
  bindings: {
    x: 'read',
    parameter: 'read',
    dy: 'read',
    statistics: 'read',
    dx: 'readwrite?',
    partials: 'write?',
  },
  params: { rows: 'u32', columns: 'u32', isCentered: 'u32', hasBias: 'u32', accumulate: 'u32' },
  cpu: {
    phases: ({ rows }) => [{ function: 'normBackward', tiles: Math.ceil(rows / rowsPerTile) }],
  },
  wgsl: {
    source: workgroupSumWgsl + backwardSource,
    entryPoint: 'normBackward',
    workgroups: ({ rows }) => Math.ceil(rows / rowsPerTile),
    defines: ({ columns }, target) => ({
      threads: reductionThreads(target),
      columnsPerThread: Math.ceil(columns / reductionThreads(target)),
    }),
  },
});

/**
 * y = (x - mean) * rstd * weight + bias over the last axis, with the biased variance.
 * x, y (M, C) f32; parameter (2, C) f32, rows weight and bias, or (1, C) for the weight alone;
 * saves mean and rstd (M, 2) for the backward pass. As torch.nn.functional.layer_norm.
 */
export function layerNorm(tape: Tape, x: Tensor, parameter: Tensor, epsilon: number): Tensor {
  return recordNorm(tape, x, parameter, epsilon, true);
}

/**
 * y = x * rstd * weight with rstd = 1 / sqrt(mean(x^2) + epsilon) over the last axis.
 * x, y (M, C) f32; weight (1, C) f32; saves rstd (M, 1). As torch.nn.functional.rms_norm.
 */
export function rmsNorm(tape: Tape, x: Tensor, weight: Tensor, epsilon: number): Tensor {
  return recordNorm(tape, x, weight, epsilon, false);
}

function recordNorm(tape: Tape, x: Tensor, parameter: Tensor, epsilon: number, isCentered: boolean): Tensor {
  const columns = x.shape.at(-1) ?? 1;
  const rows = sizeOf(x.shape) / columns;
  const hasBias = sizeOf(parameter.shape) === 2 * columns;
  if (sizeOf(parameter.shape) !== (hasBias ? 2 : 1) * columns || (hasBias && !isCentered)) {
    throw new Error(`${parameter.name} of shape ${parameter.shape.join('×')} does not fit ${x.name}`);
  }
  const y = tape.activation(`norm(${x.name})`, x.shape);
  const statistics = tape.training
    ? tape.transient(`statistics(${x.name})`, [rows, isCentered ? 2 : 1])
    : null;
  const constants = { rows, columns, isCentered: isCentered ? 1 : 0, hasBias: hasBias ? 1 : 0 };
  tape.run(normKernel, { x, parameter, y, statistics }, { ...constants, epsilon });
  tape.onBackward(() => {
    const dy = tape.gradientOf(y);
    if (!dy || !statistics) return;
    const input = tape.wantsGradient(x) ? tape.gradientForWriting(x) : null;
    const chunks = Math.ceil(rows / rowsPerTile);
    const parts = (hasBias ? 2 : 1) * columns;
    const partials = tape.wantsGradient(parameter)
      ? tape.transient(`partials(${parameter.name})`, [chunks, parts])
      : null;
    tape.run(
      normBackwardKernel,
      { x, parameter, dy, statistics, dx: input?.gradient ?? null, partials },
      { ...constants, accumulate: input?.accumulate ? 1 : 0 },
    );
    if (!partials) return;
    const { gradient, accumulate } = tape.gradientForWriting(parameter);
    columnSum(tape, { x: partials, y: gradient, rows: chunks, columns: parts, accumulate });
  });
  return y;
}
