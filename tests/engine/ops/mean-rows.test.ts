// Means over each sequence's valid rows against float64, with ranges at the start, in the middle and empty.
import { expect, it } from 'vitest';
import { Tape } from '../../../engine/graph/tape.ts';
import { meanRows } from '../../../engine/ops/mean-rows/mean-rows.ts';
import { onEachDevice } from '../on-each-device.ts';
import { runTape, testValues } from '../run-tape.ts';
import { expectPointwise } from '../tolerances.ts';

onEachDevice((makeDevice) => {
  it.each([1, 3, 64, 67, 130])('of %i columns', async (columns) => {
    const [batch, length] = [4, 9];
    const ranges = [
      [0, 9],
      [3, 8],
      [0, 1],
      [5, 5],
    ];
    const tape = new Tape({ training: false });
    meanRows(tape, {
      x: tape.input('x', [batch * length, columns], 'f32'),
      validRange: tape.input('validRange', [batch, 2], 'u32'),
      y: tape.output('y', [batch, columns]),
    });
    const x = testValues(batch * length * columns, 1);
    const inputs = { x, validRange: Uint32Array.from(ranges.flat()) };
    const result = await runTape(await makeDevice(), tape, inputs);
    const expected = ranges.flatMap(([start = 0, end = 0], b) =>
      Array.from({ length: columns }, (_, column) => {
        let sum = 0;
        for (let t = start; t < end; t++) sum += x[(b * length + t) * columns + column]!;
        return end > start ? sum / (end - start) : 0;
      }),
    );
    expectPointwise(result['y']!, expected);
  });

  it('refuses rows that do not divide into sequences', () => {
    const tape = new Tape({ training: false });
    const x = tape.transient('x', [7, 3]);
    const y = tape.transient('y', [2, 3]);
    expect(() => meanRows(tape, { x, validRange: tape.transient('range', [2, 2], 'u32'), y })).toThrow(/x/);
  });
});
