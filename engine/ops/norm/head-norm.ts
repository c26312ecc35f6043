// RMS norm of the heads of queries or keys where they lie, inside packed rows (q and k norms). In place in
// both directions, so that a packed query-key-value tensor keeps one gradient that others write whole.

import { defineKernel } from '../../graph/kernel.ts';
import type { Tape } from '../../graph/tape.ts';
import { sizeOf, type Tensor } from '../../graph/tensor.ts';
import { columnSum } from '../column-sum/column-sum.ts';
import { reductionThreads, workgroupSumWgsl } from '../parts/workgroup-sum.ts';
import backwardSource from './head-norm-backward.wgsl?raw';
import forwardSource from './head-norm.wgsl?raw';

const headsPerTile = 64;

/** Which heads of each packed row are normed: `groups` of them side by side from element `offset` on. */
export interface HeadRange {
  readonly groups: number;
  /** In elements from the start of the row. */
  readonly offset: number;
}

const headNormKernel = defineKernel({
  name: 'headNorm',
  bindings: { x: 'readwrite', weight: 'read', normalized: 'write?', statistics: 'write?' },
  params: {
    heads: 'u32',
    columns: 'u32',
    groups: 'u32',
    rowStride: 'u32',
    offset: 'u32',
    epsilon: 'f32',
  },
  cpu: {
    phases: ({ heads }) => [{ function: 'headNorm', tiles: Math.ceil(heads / headsPerTile) }],
  },
  wgsl: {
    source: workgroupSumWgsl + forwardSource,
    entryPoint: 'headNorm',
    workgroups: ({ heads }) => heads,
    defines: (_, target) => ({ threads: reductionThreads(target) }),
  },
});

const headNormBackwardKernel = defineKernel({
  name: 'headNormBackward',
  bindings: {
    gradient: 'readwrite',
    weight: 'read',
    normalized: 'read',
    statistics: 'read',
    partials: 'write?',
  },
  params: { heads: 'u32', columns: 'u32', groups: 'u32', rowStride: 'u32', offset: 'u32' },
  cpu: {
    phases: ({ heads }) => [{ function: 'headNormBackward', tiles: Math.ceil(heads / headsPerTile) }],
  },
  wgsl: {
    source: workgroupSumWgsl + backwardSource,
    entryPoint: 'headNormBackward',
    workgroups: ({ heads }) => Math.ceil(heads / headsPerTile),
    defines: ({ columns }, target) => ({
      threads: reductionThreads(target),
      columnsPerThread: Math.ceil(columns / reductionThreads(target)),
    }),
  },
});

/**
 * x_h = x_h * rstd_h * weight for each head h of each row, in place: what is recorded later sees the normed
 * values, and x's gradient, complete by the time this op's backward step runs, is turned in place as well.
 * x (M, S) f32; weight (1, HS) f32; saves the normalised heads (M groups, HS) and their rstd (M groups).
 */
export function headNorm(tape: Tape, x: Tensor, weight: Tensor, epsilon: number, range: HeadRange): void {
  const columns = sizeOf(weight.shape);
  const rowStride = x.shape.at(-1) ?? 1;
  const { groups, offset } = range;
  const rows = sizeOf(x.shape) / rowStride;
  if (offset + groups * columns > rowStride) {
    throw new Error(`${groups} heads of ${columns} from ${offset} on do not fit rows of ${rowStride}`);
  }
  const heads = rows * groups;
  const normalized = tape.training ? tape.activation(`normalized(${x.name})`, [heads, columns]) : null;
  const statistics = tape.training ? tape.transient(`statistics(${x.name})`, [heads]) : null;
  const constants = { heads, columns, groups, rowStride, offset };
  tape.run(headNormKernel, { x, weight, normalized, statistics }, { ...constants, epsilon });
  tape.onBackward(() => {
    const gradient = tape.gradientOf(x);
    if (!gradient) return;
    const chunks = Math.ceil(heads / headsPerTile);
    const partials = tape.wantsGradient(weight)
      ? tape.transient(`partials(${weight.name})`, [chunks, columns])
      : null;
    tape.run(headNormBackwardKernel, { gradient, weight, normalized, statistics, partials }, constants);
    if (!partials) return;
    const { gradient: dWeight, accumulate } = tape.gradientForWriting(weight);
    columnSum(tape, { x: partials, y: dWeight, rows: chunks, columns, accumulate });
  });
}
