// How high a model ranks the token that really follows: what accuracy and top-k accuracy are counted from. The
// rank is found where the logits are, so that nothing but one number a row is ever read back.

import { defineKernel } from '../../graph/kernel.ts';
import type { Tape } from '../../graph/tape.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { reductionThreads, workgroupSumWgsl } from '../parts/workgroup-sum.ts';
import targetRankSource from './target-rank.wgsl?raw';

const targetRankKernel = defineKernel({
  name: 'targetRank',
  bindings: { logits: 'read', targets: 'read', ranks: 'readwrite' },
  params: { rows: 'u32', firstRow: 'u32', vocabSize: 'u32', rowStride: 'u32', rowsPerTile: 'u32' },
  cpu: {
    phases: ({ rows, rowsPerTile }) => [{ function: 'targetRank', tiles: Math.ceil(rows / rowsPerTile) }],
  },
  wgsl: {
    source: workgroupSumWgsl + targetRankSource,
    entryPoint: 'targetRank',
    workgroups: ({ rows }) => rows,
    defines: (_, target) => ({ threads: reductionThreads(target) }),
  },
});

/** A chunk of rows of logits, of which the first is row `firstRow` of the targets. */
export interface RankedRows {
  readonly rows: number;
  readonly firstRow: number;
  readonly vocabSize: number;
  /** Elements from one row of logits to the next. */
  readonly rowStride: number;
  /** Rows that one CPU tile does. */
  readonly rowsPerTile: number;
}

/**
 * ranks[m] = number of tokens v with logits[m, v] > logits[m, target], the lower id first among equals; so the
 * target is the argmax where its rank is 0, and among the k likeliest where it is below k. 0xFFFFFFFF where the
 * target is not below V. logits (rows, rowStride) f32, targets (M) u32, ranks (M) u32.
 */
export function targetRank(
  tape: Tape,
  bound: { logits: Tensor; targets: Tensor; ranks: Tensor },
  rows: RankedRows,
): void {
  tape.run(targetRankKernel, bound, { ...rows });
}
