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
export interface TokenInputs {
  readonly ids: Uint32Array;
  readonly idOrder: Uint32Array;
  readonly positions: Uint32Array;
  readonly positionOrder: Uint32Array;
}

/** The inputs of tokens at positions; their orders are sorted here. */
export function tokenInputsOf(
  ids: Uint32Array,
  positions: Uint32Array,
  vocabSize: number,
  maxPositions: number,
): TokenInputs {
  return {
    ids,
    idOrder: sortedOrder(ids, vocabSize),
    positions,
    positionOrder: sortedOrder(positions, maxPositions),
  };
}

/** Inputs by the names that an encoder-decoder reads its sources under; the range of each row is no padding. */
export function sourceInputsOf(
  { ids, idOrder, positions, positionOrder }: TokenInputs,
  sourceRange: Uint32Array,
): Record<string, Uint32Array> {
  return {
    sourceIds: ids,
    sourceIdOrder: idOrder,
    sourcePositions: positions,
    sourcePositionOrder: positionOrder,
    sourceRange,
  };
}
