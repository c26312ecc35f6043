// The inputs of a pass over a batch of token sequences: ids, positions, their orders, targets, scalars.

import type { Batch } from '../data/batches.ts';
import { packScalars, type ScalarName } from '../graph/scalars.ts';
import { sortedOrder } from '../ops/embedding/embedding.ts';

/** Inputs by name for a plan recorded with `recordLoss`. */
export function tokenPass(
  { ids, targets }: Pick<Batch, 'ids' | 'targets'>,
  length: number,
  vocabSize: number,
  scalars: Partial<Record<ScalarName, number>>,
): Record<string, Uint32Array> {
  const positions = Uint32Array.from(ids, (_, i) => i % length);
  return {
    ids,
    idOrder: sortedOrder(ids, vocabSize),
    positions,
    positionOrder: sortedOrder(positions, length),
    targets,
    scalars: packScalars(scalars),
  };
}
