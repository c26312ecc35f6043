// A tensor times a number on both devices, and its gradient, alone and added to another.
import { describe, expect, it } from 'vitest';
import { Tape } from '../../../engine/graph/tape.ts';
import { scale } from '../../../engine/ops/scale/scale.ts';
import { onEachDevice } from '../on-each-device.ts';
import { runTape, seedGradient, tapToOutput, testValues, trainableLeaf } from '../run-tape.ts';
import { expectPointwise } from '../tolerances.ts';

const count = 16_384 + 1_030;

onEachDevice((makeDevice) => {
  describe('scale', () => {
    it.each([1, 2])('multiplies, and so does the gradient of %i uses', async (uses) => {
      const tape = new Tape({ training: true });
      const x = trainableLeaf(tape, 'x', [count]);
      const factors = [-0.3, 2.5].slice(0, uses);
      const results = factors.map((factor) => scale(tape, x.tensor, factor));
      results.forEach((y, i) => tapToOutput(tape, y, `y${i}`));
      results.forEach((y, i) => seedGradient(tape, y, `dy${i}`));
      tape.backward();
      const values = testValues(count, 1);
      const upstream = factors.map((_, i) => testValues(count, 2 + i));
      const inputs = Object.fromEntries(upstream.map((dy, i) => [`dy${i}`, dy]));
      const found = await runTape(await makeDevice(), tape, inputs, {
        values: [[x.tensor, values]],
        read: { dx: x.gradient },
      });
      factors.forEach((factor, i) => {
        expectPointwise(
          found[`y${i}`]!,
          values.map((value) => factor * value),
        );
      });
      const dx = values.map((_, at) =>
        factors.reduce((sum, factor, i) => sum + factor * upstream[i]![at]!, 0),
      );
      expectPointwise(found['dx']!, dx);
      expect(found['dx']!.length).toBe(count);
    });
  });
});
