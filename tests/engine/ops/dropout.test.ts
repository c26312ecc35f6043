// Dropout: Philox against its published vectors, masks bit for bit against it on both devices, values and
// gradients with and without a residual.
import { describe, expect, it } from 'vitest';
import { packScalars, scalarsInput } from '../../../engine/graph/scalars.ts';
import { Tape } from '../../../engine/graph/tape.ts';
import { addInto } from '../../../engine/ops/add/add.ts';
import { dropoutAdd } from '../../../engine/ops/dropout/dropout.ts';
import { dropoutThreshold } from '../../../engine/ops/random/random.ts';
import { onEachDevice } from '../on-each-device.ts';
import {
  activationLeaf,
  runTape,
  seedGradient,
  tapToOutput,
  testValues,
  trainableLeaf,
} from '../run-tape.ts';
import { philoxBlock, randomWord } from './philox.ts';
import { expectPointwise } from '../tolerances.ts';

const key = [0xa4093822, 0x299f31d0];
const scalars = packScalars({ randomKeyLow: key[0]!, randomKeyHigh: key[1]! });

describe('the reference generator', () => {
  it('gives the vectors published with Random123 (kat_vectors, philox4x32 10)', () => {
    const ones = 0xffffffff;
    expect(philoxBlock([0, 0, 0, 0], [0, 0])).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
    expect(philoxBlock([ones, ones, ones, ones], [ones, ones])).toEqual([
      0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd,
    ]);
    expect(philoxBlock([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], key)).toEqual([
      0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1,
    ]);
  });
});

onEachDevice((makeDevice) => {
  describe('dropout', () => {
    it.each([0.1, 0.5, 0.9])('keeps exactly the elements whose word reaches %d', async (probability) => {
      const count = 9001;
      const tape = new Tape({ training: true });
      tape.nextRandomStream();
      const x = tape.input('x', [count], 'f32');
      const y = dropoutAdd(tape, x, null, probability, scalarsInput(tape));
      tapToOutput(tape, y, 'y');
      const values = testValues(count, 1);
      const { y: result } = await runTape(await makeDevice(), tape, { x: values, scalars });
      const expected = values.map((value, i) =>
        randomWord(i, 1, key) >= dropoutThreshold(probability)
          ? value * Math.fround(1 / (1 - probability))
          : 0,
      );
      expect(Array.from(result!, Math.abs)).toEqual(Array.from(expected, Math.abs));
    });

    it('draws the published words: element 0 of stream 0 with key 0 falls between two probabilities', async () => {
      // With the word itself as threshold the element is kept, one above it is dropped.
      const words = philoxBlock([0, 0, 0, 0], [0, 0]);
      for (const [element, word] of words.entries()) {
        for (const excess of [0, 1]) {
          const tape = new Tape({ training: true });
          const x = tape.input('x', [4], 'f32');
          const y = dropoutAdd(tape, x, null, (word + excess) / 2 ** 32, scalarsInput(tape));
          tapToOutput(tape, y, 'y');
          const inputs = { x: new Float32Array(4).fill(1), scalars: packScalars({}) };
          const result = await runTape(await makeDevice(), tape, inputs);
          expect(result['y']![element] !== 0, `element ${element}, excess ${excess}`).toBe(excess === 0);
        }
      }
    });

    it.each([5, 4097, 20000])(
      'adds to a residual and passes both gradients on, %i elements',
      async (count) => {
        const probability = 0.25;
        const tape = new Tape({ training: true });
        const x = trainableLeaf(tape, 'x', [count]);
        const residual = activationLeaf(tape, 'residual', [count]);
        addInto(tape, tape.input('r', [count], 'f32'), residual, false);
        const y = dropoutAdd(tape, x.tensor, residual, probability, scalarsInput(tape));
        tapToOutput(tape, y, 'y');
        seedGradient(tape, y, 'dy');
        const { gradient } = tape.gradientForWriting(x.tensor);
        addInto(tape, tape.input('before', [count], 'f32'), gradient, false);
        tape.backward();
        tapToOutput(tape, tape.gradientOf(residual)!, 'dResidual');
        const values = testValues(count, 1);
        const inputs = {
          r: testValues(count, 2),
          dy: testValues(count, 3),
          before: testValues(count, 4),
          scalars,
        };
        const result = await runTape(await makeDevice(), tape, inputs, {
          values: [[x.tensor, values]],
          read: { dx: x.gradient },
        });
        const scale = (i: number): number =>
          randomWord(i, 0, key) >= dropoutThreshold(probability) ? 1 / (1 - probability) : 0;
        expectPointwise(
          result['y']!,
          values.map((value, i) => value * scale(i) + inputs.r[i]!),
        );
        expectPointwise(
          result['dx']!,
          inputs.dy.map((value, i) => value * scale(i) + inputs.before[i]!),
        );
        expect(result['dResidual']).toEqual(inputs.dy);
      },
    );

    it('drops nothing outside training', async () => {
      const tape = new Tape({ training: false });
      const x = tape.input('x', [10], 'f32');
      const residual = tape.input('residual', [10], 'f32');
      expect(dropoutAdd(tape, x, null, 0.5, scalarsInput(tape))).toBe(x);
      tapToOutput(tape, dropoutAdd(tape, x, residual, 0.5, scalarsInput(tape)), 'y');
      const inputs = { x: testValues(10, 1), residual: testValues(10, 2), scalars };
      const result = await runTape(await makeDevice(), tape, inputs);
      expect(result['y']).toEqual(inputs.x.map((value, i) => value + inputs.residual[i]!));
    });
  });
});

describe('dropoutThreshold', () => {
  it('refuses what is not a probability below 1', () => {
    for (const probability of [1, -0.1, Number.NaN]) {
      expect(() => dropoutThreshold(probability)).toThrow(/at least 0 and below 1/);
    }
  });
});
