// Makes rows of a key-value cache go on from others: what beam search does when it drops one beam for
// another, or from a row that was read elsewhere. B = rows of the cache, E = elements that it holds of one token.

import { defineKernel } from '../../graph/kernel.ts';
import type { Tape } from '../../graph/tape.ts';
import { sizeOf, type Tensor } from '../../graph/tensor.ts';
import source from './cache-reorder.wgsl?raw';

const tokensPerTile = 32;

const cacheReorderKernel = defineKernel({
  name: 'cacheReorder',
  bindings: { x: 'read', parents: 'read?', counts: 'read', y: 'write' },
  params: { rows: 'u32', length: 'u32', size: 'u32', tilesPerRow: 'u32' },
  cpu: {
    phases: ({ rows, tilesPerRow }) => [{ function: 'cacheReorder', tiles: rows * tilesPerRow }],
  },
  wgsl: {
    source,
    entryPoint: 'cacheReorder',
    workgroups: ({ rows, length }) => rows * length,
  },
});

export interface CacheReorderOptions {
  /** (B) u32: the row that each row takes its tokens from. */
  readonly parents: Tensor;
  /** (B) u32: how many tokens each row takes, from the first; with 0 it stays as it is. */
  readonly counts: Tensor;
}

/**
 * cache[b, t] = cache[parents[b], t] for t < counts[b], as if all rows were copied at once; cache (B, length,
 * E) f32 in an arena.
 */
export function cacheReorder(tape: Tape, cache: Tensor, { parents, counts }: CacheReorderOptions): void {
  const params = paramsOf(cache);
  const kept = tape.transient('reordered cache', cache.shape);
  tape.run(cacheReorderKernel, { x: cache, parents, counts, y: kept }, params);
  tape.run(cacheReorderKernel, { x: kept, counts, y: cache }, params);
}

/** cache[b, t] = source[parents[b], t] for t < counts[b]; source (any number of rows, length, E) f32. */
export function cacheSpread(
  tape: Tape,
  source: Tensor,
  cache: Tensor,
  { parents, counts }: CacheReorderOptions,
): void {
  tape.run(cacheReorderKernel, { x: source, parents, counts, y: cache }, paramsOf(cache));
}

function paramsOf({ shape }: Tensor): { rows: number; length: number; size: number; tilesPerRow: number } {
  const [rows = 0, length = 0] = shape;
  const size = sizeOf(shape) / (rows * length);
  return { rows, length, size, tilesPerRow: Math.ceil(length / tokensPerTile) };
}
