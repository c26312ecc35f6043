// Copies the keys and values of new tokens into the key-value cache, each row at its token's position.
// B = batch, T = tokens a row, E = NKV * HS elements of keys (and of values) a token.

import { defineKernel } from '../../graph/kernel.ts';
import type { Tape } from '../../graph/tape.ts';
import { sizeOf, type Tensor } from '../../graph/tensor.ts';
import source from './cache-write.wgsl?raw';

const rowsPerTile = 16;
const elementsPerWorkgroup = 64;

const cacheWriteKernel = defineKernel({
  name: 'cacheWrite',
  bindings: { x: 'read', positions: 'read', cache: 'readwrite' },
  params: { rows: 'u32', length: 'u32', rowStride: 'u32', keyOffset: 'u32', size: 'u32', maxLength: 'u32' },
  cpu: { phases: ({ rows }) => [{ function: 'cacheWrite', tiles: Math.ceil(rows / rowsPerTile) }] },
  wgsl: {
    source,
    entryPoint: 'cacheWrite',
    workgroups: ({ rows, size }) => Math.ceil((rows * size) / elementsPerWorkgroup),
  },
});

export interface CacheWriteOptions {
  /** Feature of a row at which its keys begin; its values follow them. */
  readonly keyOffset: number;
  /** E: elements of the keys of one token. */
  readonly keyValueSize: number;
  /** (B, maxLength, 2 E) f32 in an arena. */
  readonly cache: Tensor;
  /** (B*T) u32; a token at maxLength or past it is not kept. */
  readonly positions: Tensor;
  readonly batch: number;
  readonly length: number;
}

/** cache[b, positions[b, t]] = the keys and values of x[b, t]; x (B*T, rowStride) f32. */
export function cacheWrite(tape: Tape, x: Tensor, options: CacheWriteOptions): void {
  const { cache, positions, batch, length, keyOffset, keyValueSize } = options;
  const size = 2 * keyValueSize;
  tape.run(
    cacheWriteKernel,
    { x, positions, cache },
    {
      rows: batch * length,
      length,
      rowStride: x.shape.at(-1) ?? 0,
      keyOffset,
      size,
      maxLength: sizeOf(cache.shape) / (batch * size),
    },
  );
}
