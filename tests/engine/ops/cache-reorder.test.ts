// Key-value caches whose rows go on from others, on both devices: permutations, copies of one row, live
// tokens only.
import { describe, expect, it } from 'vitest';
import { Tape } from '../../../engine/graph/tape.ts';
import { cacheReorder, cacheSpread } from '../../../engine/ops/cache-reorder/cache-reorder.ts';
import { onEachDevice } from '../on-each-device.ts';
import { frozenLeaf, runTape, testValues } from '../run-tape.ts';

interface Form {
  readonly length: number;
  readonly size: number;
  readonly parents: readonly number[];
  readonly counts: readonly number[];
}

onEachDevice((makeDevice) => {
  describe('cacheReorder', () => {
    it.each<[string, Form]>([
      ['rows that change places', { length: 9, size: 12, parents: [1, 2, 0], counts: [9, 9, 9] }],
      [
        'one row that all go on from',
        { length: 70, size: 66, parents: [2, 2, 2, 2], counts: [70, 70, 70, 70] },
      ],
      ['only tokens that are there', { length: 65, size: 7, parents: [3, 0, 1, 1], counts: [33, 1, 64, 32] }],
      ['nothing of rows that stay', { length: 5, size: 130, parents: [1, 0, 0], counts: [5, 0, 2] }],
      ['one row alone', { length: 1, size: 1, parents: [0], counts: [1] }],
    ])('moves %s', async (_, { length, size, parents, counts }) => {
      const rows = parents.length;
      const tape = new Tape({ training: false });
      const cache = frozenLeaf('cache', [rows, length, size]);
      cacheReorder(tape, cache, {
        parents: tape.input('parents', [rows], 'u32'),
        counts: tape.input('counts', [rows], 'u32'),
      });
      const before = testValues(rows * length * size, 1);
      const expected = before.slice();
      parents.forEach((parent, row) => {
        const from = parent * length * size;
        expected.set(before.subarray(from, from + counts[row]! * size), row * length * size);
      });
      const result = await runTape(
        await makeDevice(),
        tape,
        { parents: Uint32Array.from(parents), counts: Uint32Array.from(counts) },
        { values: [[cache, before]], read: { cache } },
      );
      expect(result['cache']).toEqual(expected);
    });
  });

  it('cacheSpread brings rows of another cache to those that ask for tokens', async () => {
    const [rows, length, size] = [3, 9, 5];
    const tape = new Tape({ training: false });
    const cache = frozenLeaf('cache', [rows, length, size]);
    const source = frozenLeaf('source', [2, length, size]);
    cacheSpread(tape, source, cache, {
      parents: tape.input('parents', [rows], 'u32'),
      counts: tape.input('counts', [rows], 'u32'),
    });
    const [before, read] = [testValues(rows * length * size, 1), testValues(2 * length * size, 2)];
    const expected = before.slice();
    expected.set(read.subarray(length * size, (length + 4) * size), length * size);
    expected.set(read.subarray(0, length * size), 2 * length * size);
    const result = await runTape(
      await makeDevice(),
      tape,
      { parents: Uint32Array.of(0, 1, 0), counts: Uint32Array.of(0, 4, length) },
      {
        values: [
          [cache, before],
          [source, read],
        ],
        read: { cache },
      },
    );
    expect(result['cache']).toEqual(expected);
  });
});
