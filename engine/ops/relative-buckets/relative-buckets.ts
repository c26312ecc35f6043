// Which distance bucket each query and key of an attention fall into (T5's relative positions), looked up by their
// distance. Made once a pass and read by all layers; what a distance's bucket is, the table says.

import { defineKernel } from '../../graph/kernel.ts';
import type { Tape } from '../../graph/tape.ts';
import { sizeOf, type Tensor } from '../../graph/tensor.ts';
import source from './relative-buckets.wgsl?raw';

const rowsPerTile = 16;
const elementsPerWorkgroup = 64;

const relativeBucketsKernel = defineKernel({
  name: 'relativeBuckets',
  bindings: { table: 'read', positions: 'read?', buckets: 'write' },
  params: { queryLength: 'u32', keyLength: 'u32', reach: 'u32' },
  cpu: {
    phases: ({ queryLength }) => [
      { function: 'relativeBuckets', tiles: Math.ceil(queryLength / rowsPerTile) },
    ],
  },
  wgsl: {
    source,
    entryPoint: 'relativeBuckets',
    workgroups: ({ queryLength, keyLength }) => Math.ceil((queryLength * keyLength) / elementsPerWorkgroup),
  },
});

export interface RelativeBucketsOptions {
  /** (2 R + 1) f32: the bucket, a whole number, of each distance from -R to R; those beyond count as the nearest. */
  readonly table: Tensor;
  readonly queryLength: number;
  readonly keyLength: number;
  /** (Tq or more) u32: where the queries stand among the keys; null where query i stands at key i. */
  readonly positions: Tensor | null;
}

/** buckets[i, j] = table[R + j - position of query i]; (Tq, Tk) u32, for all rows of a batch. */
export function relativeBuckets(tape: Tape, options: RelativeBucketsOptions): Tensor {
  const { table, positions, queryLength, keyLength } = options;
  const buckets = tape.transient('buckets', [queryLength, keyLength], 'u32');
  const reach = (sizeOf(table.shape) - 1) / 2;
  tape.run(relativeBucketsKernel, { table, positions, buckets }, { queryLength, keyLength, reach });
  return buckets;
}
