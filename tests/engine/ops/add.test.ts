// Element-wise addition and the way a gradient passes through a residual.
import { describe, expect, it } from 'vitest';
import { Tape } from '../../../engine/graph/tape.ts';
import { addInto, flowThrough } from '../../../engine/ops/add/add.ts';
import { onEachDevice } from '../on-each-device.ts';
import { activationLeaf, runTape, seedGradient, testValues, trainableLeaf } from '../run-tape.ts';

onEachDevice((makeDevice) => {
  describe('addInto', () => {
    it.each([1, 3, 1025, 40003])('copies and adds %i elements exactly', async (count) => {
      const tape = new Tape({ training: false });
      const a = tape.input('a', [count], 'f32');
      const b = tape.input('b', [count], 'f32');
      const sum = tape.output('sum', [count]);
      addInto(tape, a, sum, false);
      addInto(tape, b, sum, true);
      const values = { a: testValues(count, 1), b: testValues(count, 2) };
      const result = await runTape(await makeDevice(), tape, values);
      expect(result['sum']).toEqual(values.a.map((value, i) => Math.fround(value + values.b[i]!)));
    });

    it('refuses tensors of different sizes', () => {
      const tape = new Tape({ training: false });
      expect(() => addInto(tape, tape.input('a', [3], 'f32'), tape.output('b', [4]), false)).toThrow(
        /3 elements/,
      );
    });
  });

  describe('flowThrough', () => {
    it('adds to the gradient of a parameter', async () => {
      const tape = new Tape({ training: true });
      const leaf = trainableLeaf(tape, 'x', [5]);
      const sum = tape.transient('sum', [5]);
      addInto(tape, leaf.tensor, sum, false);
      tape.onBackward(() => flowThrough(tape, sum, leaf.tensor));
      tape.onBackward(() => flowThrough(tape, sum, leaf.tensor));
      seedGradient(tape, sum, 'dSum');
      tape.backward();
      const dSum = testValues(5, 3);
      const result = await runTape(
        await makeDevice(),
        tape,
        { dSum },
        { values: [[leaf.tensor, testValues(5, 4)]], read: { dx: leaf.gradient } },
      );
      expect(result['dx']).toEqual(dSum.map((value) => 2 * value));
    });
  });
});

describe('flowThrough', () => {
  it('shares one tensor when nothing else flows in, and commands nothing', () => {
    const tape = new Tape({ training: true });
    const x = activationLeaf(tape, 'x', [5]);
    const sum = tape.transient('sum', [5]);
    const before = tape.commands.length;
    const { gradient } = tape.gradientForWriting(sum);
    flowThrough(tape, sum, x);
    expect(tape.gradientOf(x)).toBe(gradient);
    expect(tape.commands).toHaveLength(before);
  });

  it('gives nothing to what no trained parameter had a part in', () => {
    const tape = new Tape({ training: true });
    const x = tape.transient('x', [5]);
    addInto(tape, tape.input('values', [5], 'f32'), x, false);
    const sum = activationLeaf(tape, 'sum', [5]);
    tape.gradientForWriting(sum);
    flowThrough(tape, sum, x);
    expect(tape.gradientOf(x)).toBe(null);
  });
});
