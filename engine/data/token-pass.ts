// The inputs of a pass over a batch of token sequences: ids, positions, their orders, targets, scalars.

import { packScalars, type ScalarName } from '../graph/scalars.ts';
import { sortedOrder } from '../ops/embedding/embedding.ts';
import type { WindowBatch } from './windows.ts';

/** Inputs by name for a plan recorded with `recordLoss` of a decoder, over sequences that fill their rows. */
export function tokenPass(
  { ids, targets }: Pick<WindowBatch, 'ids' | 'targets'>,
  length: number,
  vocabSize: number,
  scalars: Partial<Record<ScalarName, number>>,
): Record<string, Uint32Array> {
  const positions = Uint32Array.from(ids, (_, i) => i % length);
  return { ...tokenInputsOf(ids, positions, vocabSize, length), targets, scalars: packScalars(scalars) };
}

/** Token ids and positions with the orders that backward commands read. */
export function tokenInputsOf(
  ids: Uint32Array,
  positions: Uint32Array,
  vocabSize: number,
  maxPositions: number,
): { ids: Uint32Array; idOrder: Uint32Array; positions: Uint32Array; positionOrder: Uint32Array } {
  return {
    ids,
    idOrder: sortedOrder(ids, vocabSize),
    positions,
    positionOrder: sortedOrder(positions, maxPositions),
  };
}
