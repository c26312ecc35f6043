// Rotary positions (Su et al., "RoFormer", 2021) in transformers' Llama form: features i and i + HS/2 of a
// head turn together. Works in place on the query and key heads of packed rows; the gradient turns back.
// M = rows, HS = head size, P = positions.

import { defineKernel } from '../../graph/kernel.ts';
import type { Tape } from '../../graph/tape.ts';
import { sizeOf, type Tensor } from '../../graph/tensor.ts';
import source from './rotary.wgsl?raw';

const rowsPerTile = 16;
const pairsPerWorkgroup = 64;

const rotaryKernel = defineKernel({
  name: 'rotary',
  bindings: { x: 'readwrite', positions: 'read', table: 'read' },
  params: {
    rows: 'u32',
    rowStride: 'u32',
    offset: 'u32',
    numHeads: 'u32',
    headDim: 'u32',
    tablePositions: 'u32',
    /** 1 turns forward, -1 back. */
    direction: 'f32',
  },
  cpu: { phases: ({ rows }) => [{ function: 'rotary', tiles: Math.ceil(rows / rowsPerTile) }] },
  wgsl: {
    source,
    entryPoint: 'rotary',
    workgroups: ({ rows, numHeads, headDim }) =>
      Math.ceil((rows * numHeads * headDim) / 2 / pairsPerWorkgroup),
  },
});

export interface RotaryOptions {
  /** (M) u32: the position of each row; those past the table turn as its last. */
  readonly positions: Tensor;
  /** (P, HS) f32 of `rotaryTable`. */
  readonly table: Tensor;
  /** Feature at which the first head that turns begins; the heads lie one after another. */
  readonly offset: number;
  readonly numHeads: number;
  readonly headDim: number;
}

/** y1 = x1 cos - x2 sin, y2 = x2 cos + x1 sin for both halves of each head; x (M, rowStride) f32, in place. */
export function rotary(tape: Tape, x: Tensor, options: RotaryOptions): Tensor {
  const { positions, table, offset, numHeads, headDim } = options;
  const rowStride = x.shape.at(-1) ?? 0;
  if (offset + numHeads * headDim > rowStride)
    throw new Error(`the heads to turn do not fit the rows of ${x.name}`);
  const constants = {
    rows: sizeOf(x.shape) / rowStride,
    rowStride,
    offset,
    numHeads,
    headDim,
    tablePositions: sizeOf(table.shape) / headDim,
  };
  tape.run(rotaryKernel, { x, positions, table }, { ...constants, direction: 1 });
  tape.onBackward(() => {
    const dx = tape.gradientOf(x);
    if (dx) tape.run(rotaryKernel, { x: dx, positions, table }, { ...constants, direction: -1 });
  });
  return x;
}

/**
 * Cosines and sines of every position: (P, HS) f32, HS/2 cosines then HS/2 sines a row.
 * Angles are products in f32, as transformers computes them; their functions are exact to the last bit.
 */
export function rotaryTable(inverseFrequencies: Float32Array, positionCount: number): Float32Array {
  const half = inverseFrequencies.length;
  const table = new Float32Array(positionCount * 2 * half);
  for (let position = 0; position < positionCount; position++) {
    for (let i = 0; i < half; i++) {
      const angle = Math.fround(position * inverseFrequencies[i]!);
      table[position * 2 * half + i] = Math.cos(angle);
      table[position * 2 * half + half + i] = Math.sin(angle);
    }
  }
  return table;
}
