// Sums over the rows of a matrix, in a fixed order: gradients of biases and of norm parameters.
// Rows are summed in chunks, then the chunks; neither order depends on threads or workgroups.

import { defineKernel } from '../../graph/kernel.ts';
import type { Tape } from '../../graph/tape.ts';
import type { Tensor } from '../../graph/tensor.ts';
import source from './column-sum.wgsl?raw';

const rowsPerChunk = 64;
const columnsPerTile = 256;

const columnSumKernel = defineKernel({
  name: 'columnSum',
  bindings: { x: 'read', y: 'readwrite' },
  params: { rows: 'u32', columns: 'u32', rowStride: 'u32', accumulate: 'u32' },
  cpu: {
    phases: ({ rows, columns }) => [
      { function: 'columnSumChunks', tiles: Math.ceil(rows / rowsPerChunk) },
      { function: 'columnSum', tiles: Math.ceil(columns / columnsPerTile) },
    ],
    sharedScratchBytes: ({ rows, columns }) => 4 * columns * Math.ceil(rows / rowsPerChunk),
  },
  wgsl: {
    source,
    entryPoint: 'columnSum',
    workgroups: ({ columns }) => Math.ceil(columns / 8),
    defines: (_, { isSoftware }) => ({ slices: isSoftware ? 1 : 32 }),
  },
});

/**
 * Records y[j] (+)= sum over i of x[i, j]. x (rows, columns) f32, y (columns) f32; rows lie `rowStride` elements
 * apart, their own length unless given; adds to what y holds when `accumulate`. Deterministic.
 */
export function columnSum(
  tape: Tape,
  command: {
    x: Tensor;
    y: Tensor;
    rows: number;
    columns: number;
    rowStride?: number;
    accumulate: boolean;
  },
): void {
  const { x, y, rows, columns, rowStride = columns, accumulate } = command;
  tape.run(columnSumKernel, { x, y }, { rows, columns, rowStride, accumulate: accumulate ? 1 : 0 });
}
