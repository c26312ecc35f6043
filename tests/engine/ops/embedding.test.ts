// Embedding lookups and their gradients against plain loops, in one piece and in windows of rows.
import { describe, expect, it } from 'vitest';
import { EngineError } from '../../../engine/errors.ts';
import { Tape } from '../../../engine/graph/tape.ts';
import { addInto } from '../../../engine/ops/add/add.ts';
import { embedding, gatherRows, sortedOrder } from '../../../engine/ops/embedding/embedding.ts';
import { onEachDevice } from '../on-each-device.ts';
import { runTape, seedGradient, tapToOutput, testValues, trainableLeaf } from '../run-tape.ts';
import { expectPointwise } from '../tolerances.ts';

/** Ids in which some repeat often, some never appear. */
function testIds(count: number, vocabSize: number, seed: number): Uint32Array {
  return Uint32Array.from(testValues(count, seed), (value) =>
    Math.floor(((value + 1) / 2) ** 3 * vocabSize * 0.9),
  );
}

const cases = [
  { rows: 1, columns: 24, vocabSize: 5, maxBindingBytes: undefined },
  { rows: 65, columns: 130, vocabSize: 67, maxBindingBytes: undefined },
  { rows: 300, columns: 80, vocabSize: 201, maxBindingBytes: undefined },
  { rows: 300, columns: 80, vocabSize: 201, maxBindingBytes: 64 * 80 * 4 },
  { rows: 65, columns: 3, vocabSize: 333, maxBindingBytes: 128 * 3 * 4 + 20 },
];

onEachDevice((makeDevice) => {
  describe('embedding', () => {
    it.each(cases)('adds rows of two tables: $rows x $columns, V $vocabSize', async (options) => {
      const { rows, columns, vocabSize, maxBindingBytes } = options;
      const positionsSize = 17;
      const ids = testIds(rows, vocabSize, 1);
      const positions = Uint32Array.from({ length: rows }, (_, i) => i % positionsSize);
      const tokens = testValues(vocabSize * columns, 2);
      const places = testValues(positionsSize * columns, 3);
      const dy = testValues(rows * columns, 4);
      const kept = testValues(vocabSize * columns, 5);

      const tape = new Tape({
        training: true,
        ...(maxBindingBytes === undefined ? {} : { maxBindingBytes }),
      });
      const wte = trainableLeaf(tape, 'wte', [vocabSize, columns]);
      const wpe = trainableLeaf(tape, 'wpe', [positionsSize, columns]);
      const u32 = (name: string) => tape.input(name, [rows], 'u32');
      const y = embedding(tape, [
        { ids: u32('ids'), order: u32('idOrder'), table: wte.tensor, scale: 2 },
        { ids: u32('positions'), order: u32('positionOrder'), table: wpe.tensor },
      ]);
      tapToOutput(tape, y, 'y');
      seedGradient(tape, y, 'dy');
      // A tied head has written the first table's gradient before; the second starts unwritten.
      const { gradient } = tape.gradientForWriting(wte.tensor);
      addInto(tape, tape.input('kept', wte.tensor.shape, 'f32'), gradient, false);
      tape.backward();
      const inputs = {
        ids,
        positions,
        idOrder: sortedOrder(ids, vocabSize),
        positionOrder: sortedOrder(positions, positionsSize),
        dy,
        kept,
      };
      const result = await runTape(await makeDevice(), tape, inputs, {
        values: [
          [wte.tensor, tokens],
          [wpe.tensor, places],
          [wpe.gradient, testValues(positionsSize * columns, 6)],
        ],
        read: { dTokens: wte.gradient, dPlaces: wpe.gradient },
      });

      const dTokens = Float64Array.from(kept);
      const dPlaces = new Float64Array(places.length);
      const expected = Array.from(dy, (upstream, i) => {
        const [row, column] = [Math.floor(i / columns), i % columns];
        const token = ids[row]! * columns + column;
        const place = positions[row]! * columns + column;
        dTokens[token]! += 2 * upstream;
        dPlaces[place]! += upstream;
        return Math.fround(2 * tokens[token]! + places[place]!);
      });
      expect(Array.from(result['y']!)).toEqual(expected);
      expectPointwise(result['dTokens']!, dTokens);
      expectPointwise(result['dPlaces']!, dPlaces);
    });

    it('sums the gradient of one row named everywhere, and zeroes the others', async () => {
      const [rows, columns, vocabSize] = [257, 24, 300];
      const tape = new Tape({ training: true, maxBindingBytes: 64 * columns * 4 });
      const table = trainableLeaf(tape, 'table', [vocabSize, columns]);
      const ids = tape.input('ids', [rows], 'u32');
      const y = embedding(tape, [{ ids, order: tape.input('order', [rows], 'u32'), table: table.tensor }]);
      seedGradient(tape, y, 'dy');
      tape.backward();
      const words = new Uint32Array(rows).fill(130);
      const result = await runTape(
        await makeDevice(),
        tape,
        { ids: words, order: sortedOrder(words, vocabSize), dy: new Float32Array(rows * columns).fill(0.5) },
        { values: [[table.gradient, testValues(vocabSize * columns, 1)]], read: { dTable: table.gradient } },
      );
      const expected = new Float32Array(vocabSize * columns);
      expected.fill(rows * 0.5, 130 * columns, 131 * columns);
      expect(result['dTable']).toEqual(expected);
    });

    it.each([1, 3])('adds the first of %i rows everywhere, and sums its gradient', async (everywhereRows) => {
      const [rows, columns, vocabSize] = [65, 27, 130];
      const tape = new Tape({ training: true, maxBindingBytes: 65 * columns * 4 });
      const table = trainableLeaf(tape, 'table', [vocabSize, columns]);
      const everywhere = trainableLeaf(tape, 'everywhere', [everywhereRows, columns]);
      const ids = tape.input('ids', [rows], 'u32');
      const order = tape.input('order', [rows], 'u32');
      const y = embedding(tape, [{ ids, order, table: table.tensor }], everywhere.tensor);
      tapToOutput(tape, y, 'y');
      seedGradient(tape, y, 'dy');
      tape.backward();
      const words = testIds(rows, vocabSize, 1);
      const values = testValues(vocabSize * columns, 2);
      const added = testValues(everywhereRows * columns, 3);
      const dy = testValues(rows * columns, 4);
      const result = await runTape(
        await makeDevice(),
        tape,
        { ids: words, order: sortedOrder(words, vocabSize), dy },
        {
          values: [
            [table.tensor, values],
            [everywhere.tensor, added],
            [everywhere.gradient, testValues(everywhereRows * columns, 5)],
          ],
          read: { dEverywhere: everywhere.gradient },
        },
      );
      const sums = new Float64Array(everywhereRows * columns);
      dy.forEach((value, i) => (sums[i % columns]! += value));
      const expected = Array.from(dy, (_, i) =>
        Math.fround(values[words[Math.floor(i / columns)]! * columns + (i % columns)]! + added[i % columns]!),
      );
      expect(Array.from(result['y']!)).toEqual(expected);
      expectPointwise(result['dEverywhere']!, sums);
    });

    it('needs no order of ids that rise, also of an activation', async () => {
      const [rows, columns] = [9, 7];
      const tape = new Tape({ training: true });
      const x = trainableLeaf(tape, 'x', [rows, columns]);
      const ids = tape.input('ids', [3], 'u32');
      const picked = embedding(tape, [{ ids, order: null, table: x.tensor }]);
      seedGradient(tape, picked, 'dy');
      tape.backward();
      const dy = testValues(3 * columns, 1);
      const result = await runTape(
        await makeDevice(),
        tape,
        { ids: Uint32Array.of(0, 4, 8), dy },
        { values: [[x.gradient, testValues(rows * columns, 2)]], read: { dx: x.gradient } },
      );
      const expected = new Float32Array(rows * columns);
      [0, 4, 8].forEach((row, k) => expected.set(dy.subarray(k * columns, (k + 1) * columns), row * columns));
      expect(result['dx']).toEqual(expected);
    });

    it('gathers rows of an activation', async () => {
      const tape = new Tape({ training: false });
      const x = tape.input('x', [9, 7], 'f32');
      tapToOutput(tape, gatherRows(tape, x, tape.input('ids', [3], 'u32')), 'rows');
      const values = testValues(63, 1);
      const result = await runTape(await makeDevice(), tape, { x: values, ids: Uint32Array.of(8, 0, 4) });
      expect(Array.from(result['rows']!)).toEqual(
        [8, 0, 4].flatMap((row) => Array.from(values.subarray(row * 7, row * 7 + 7))),
      );
    });
  });
});

describe('sortedOrder', () => {
  it('sorts positions by id, those of one id in order', () => {
    expect(Array.from(sortedOrder(Uint32Array.of(3, 1, 3, 0, 1, 3), 4))).toEqual([3, 1, 4, 0, 2, 5]);
    expect(Array.from(sortedOrder(new Uint32Array(0), 4))).toEqual([]);
  });

  it('names the first id outside the vocabulary', () => {
    expect(() => sortedOrder(Uint32Array.of(0, 9), 9)).toThrow(EngineError);
    expect(() => sortedOrder(Uint32Array.of(0, 9), 9)).toThrow(/Token 9 at position 1/);
  });
});

describe('row windows', () => {
  it('refuses a device that cannot bind 64 rows', () => {
    const tape = new Tape({ training: false, maxBindingBytes: 1000 });
    const { tensor } = trainableLeaf(tape, 'table', [100, 24]);
    const ids = tape.input('ids', [1], 'u32');
    expect(() => embedding(tape, [{ ids, order: ids, table: tensor }])).toThrow(/64 rows must fit/);
  });
});
