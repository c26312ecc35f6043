// The order in which an embedding's backward pass visits positions; made by the host beside the ids.

import { EngineError } from '../../errors.ts';

/**
 * Positions 0 .. M-1 sorted by their id, those of one id in rising order (counting sort).
 * ids (M) u32. Throws `token-out-of-range` naming the first id that is not below `vocabSize`.
 */
export function sortedOrder(ids: Uint32Array, vocabSize: number): Uint32Array<ArrayBuffer> {
  const starts = new Uint32Array(vocabSize + 1);
  ids.forEach((id, position) => {
    if (id >= vocabSize) {
      throw new EngineError(
        'token-out-of-range',
        `Token ${id} at position ${position} is outside the vocabulary of ${vocabSize}.`,
        { hint: 'Encode the text with the tokenizer that belongs to this model.' },
      );
    }
    starts[id + 1]!++;
  });
  for (let id = 0; id < vocabSize; id++) starts[id + 1]! += starts[id]!;
  const order = new Uint32Array(ids.length);
  ids.forEach((id, position) => {
    order[starts[id]!++] = position;
  });
  return order;
}
