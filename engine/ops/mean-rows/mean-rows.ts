// The mean of a sequence's rows, for pooled embeddings. Without a gradient: it is for use, not for training.

import { defineKernel } from '../../graph/kernel.ts';
import type { Tape } from '../../graph/tape.ts';
import { sizeOf, type Tensor } from '../../graph/tensor.ts';
import source from './mean-rows.wgsl?raw';

const columnsPerWorkgroup = 64;

const meanRowsKernel = defineKernel({
  name: 'meanRows',
  bindings: { x: 'read', validRange: 'read', y: 'readwrite' },
  params: { batch: 'u32', length: 'u32', columns: 'u32' },
  cpu: {
    phases: ({ batch }) => [{ function: 'meanRows', tiles: batch }],
  },
  wgsl: {
    source,
    entryPoint: 'meanRows',
    workgroups: ({ batch, columns }) => batch * Math.ceil(columns / columnsPerWorkgroup),
  },
});

/**
 * Records y[b] = mean over t in [start, end) of x[b, t]; zeros where a range is empty.
 * x (B*T, C) f32, validRange (B, 2) u32 holds start and end, y (B, C) f32.
 */
export function meanRows(tape: Tape, tensors: { x: Tensor; validRange: Tensor; y: Tensor }): void {
  const { x, y } = tensors;
  const [batch = 1, columns = 1] = y.shape;
  const length = sizeOf(x.shape) / (batch * columns);
  if (!Number.isInteger(length)) throw new Error(`${x.name} has no whole number of rows for ${y.name}`);
  tape.run(meanRowsKernel, tensors, { batch, length, columns });
}
