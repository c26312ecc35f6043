// The rank of a target among its logits, against a sort: ties by the lower id, ignored rows, chunks of rows.

import { describe, expect, it } from 'vitest';
import { packScalars, scalarsInput } from '../../../engine/graph/scalars.ts';
import { Tape } from '../../../engine/graph/tape.ts';
import { languageModelLoss } from '../../../engine/ops/cross-entropy/cross-entropy.ts';
import { onEachDevice } from '../on-each-device.ts';
import { frozenLeaf, runTape, testValues } from '../run-tape.ts';

const ignored = 0xffffffff;

/** Places of a row's ids when its logits are sorted, the lower id first among equals. */
function ranksOf(row: Float32Array): number[] {
  const order = [...row.keys()].sort((a, b) => row[b]! - row[a]! || a - b);
  const ranks: number[] = [];
  order.forEach((id, rank) => (ranks[id] = rank));
  return ranks;
}

onEachDevice((makeDevice) => {
  describe('targetRank', () => {
    it.each([
      { rows: 1, vocabSize: 5, chunkBytes: undefined },
      { rows: 66, vocabSize: 67, chunkBytes: 68 * 4 * 17 },
      { rows: 7, vocabSize: 301, chunkBytes: 1 },
    ])('is the place in a sorted row: $rows rows of $vocabSize', async ({ rows, vocabSize, chunkBytes }) => {
      const tape = new Tape({ training: false });
      // With a one-dimensional state the logits of a row are the weights, times a number that is exact.
      const hidden = tape.input('hidden', [rows, 1], 'f32');
      const weight = frozenLeaf('weight', [vocabSize, 1]);
      languageModelLoss(tape, hidden, weight, {
        targets: tape.input('targets', [rows], 'u32'),
        labelSmoothing: 0,
        scalars: scalarsInput(tape),
        chunkBytes,
        tokenRank: tape.output('tokenRank', [rows], 'u32'),
      });
      // Few values, so that many logits are equal.
      const w = testValues(vocabSize, 1).map((value) => Math.round(value * 8));
      const h = Float32Array.from({ length: rows }, (_, i) => [1, 0.5, -2][i % 3]!);
      const targets = Uint32Array.from({ length: rows }, (_, i) => (i * 31 + 2) % vocabSize);
      if (rows > 2) targets.set([ignored, vocabSize, vocabSize - 1, 0], 0);
      const result = await runTape(
        await makeDevice(),
        tape,
        { hidden: h, targets, scalars: packScalars({}) },
        { values: [[weight, w]] },
      );
      const expected = Array.from(targets, (target, row) =>
        target < vocabSize ? ranksOf(w.map((value) => value * h[row]!))[target]! : ignored,
      );
      expect(Array.from(result['tokenRank']!)).toEqual(expected);
    });
  });
});
