// Sums of columns against float64, on odd shapes, overwriting and adding, of rows that lie apart.
import { expect, it } from 'vitest';
import { Tape } from '../../../engine/graph/tape.ts';
import { columnSum } from '../../../engine/ops/column-sum/column-sum.ts';
import { onEachDevice } from '../on-each-device.ts';
import { frozenLeaf, runTape, testValues } from '../run-tape.ts';
import { expectWithin, productBound } from '../tolerances.ts';

onEachDevice((makeDevice) => {
  it.each([
    [1, 1, 1],
    [65, 3, 3],
    [65, 67, 68],
    [17, 65, 70],
    [130, 80, 80],
    [1000, 514, 514],
  ])('%i rows, %i columns, %i apart', async (rows, columns, rowStride) => {
    const values = { x: testValues(rows * rowStride, 1) };
    const before = testValues(columns, 2);
    const tape = new Tape({ training: false });
    const x = tape.input('x', [rows, rowStride], 'f32');
    const written = frozenLeaf('written', [columns]);
    const added = frozenLeaf('added', [columns]);
    columnSum(tape, { x, y: written, rows, columns, rowStride, accumulate: false });
    columnSum(tape, { x, y: added, rows, columns, rowStride, accumulate: true });
    const result = await runTape(await makeDevice(), tape, values, {
      values: [
        [written, before],
        [added, before],
      ],
      read: { written, added },
    });
    const sums = new Float64Array(columns);
    values.x.forEach((value, i) => {
      if (i % rowStride < columns) sums[i % rowStride]! += value;
    });
    // A sum of terms below 1 is their product with a row of ones.
    const bound = productBound(rows, Math.sqrt(rows), Math.sqrt(rows));
    expectWithin(result['written']!, sums, bound);
    expectWithin(
      result['added']!,
      sums.map((sum, j) => sum + before[j]!),
      bound,
    );
    expect(result['written']).not.toEqual(result['added']);
  });
});
