// Distance buckets on both devices: looked up by key minus query, distances beyond the table as its ends.
import { describe, expect, it } from 'vitest';
import { Tape } from '../../../engine/graph/tape.ts';
import { relativeBuckets } from '../../../engine/ops/relative-buckets/relative-buckets.ts';
import { onEachDevice } from '../on-each-device.ts';
import { frozenLeaf, runTape } from '../run-tape.ts';

interface Form {
  readonly queryLength: number;
  readonly keyLength: number;
  readonly reach: number;
  /** Where each query stands; where it is among the queries unless given. */
  readonly positions?: readonly number[];
}

onEachDevice((makeDevice) => {
  describe('relativeBuckets', () => {
    it.each<[string, Form]>([
      ['a square', { queryLength: 21, keyLength: 21, reach: 30 }],
      ['distances beyond the table', { queryLength: 40, keyLength: 37, reach: 5 }],
      ['one query against a cache', { queryLength: 1, keyLength: 100, reach: 12, positions: [63] }],
      ['queries at places of their own', { queryLength: 3, keyLength: 9, reach: 4, positions: [8, 0, 2] }],
    ])('finds those of %s', async (_, { queryLength, keyLength, reach, positions }) => {
      const tape = new Tape({ training: false });
      const table = frozenLeaf('table', [2 * reach + 1]);
      const buckets = relativeBuckets(tape, {
        table,
        queryLength,
        keyLength,
        positions: positions ? tape.input('positions', [queryLength], 'u32') : null,
      });
      tape.outputs.set('buckets', buckets);
      const values = Float32Array.from({ length: 2 * reach + 1 }, (_, i) => (i * 7) % 11);
      const expected = Uint32Array.from({ length: queryLength * keyLength }, (_, pair) => {
        const query = Math.floor(pair / keyLength);
        const distance = (pair % keyLength) - (positions?.[query] ?? query);
        return values[reach + Math.min(reach, Math.max(-reach, distance))]!;
      });
      const inputs: Record<string, Uint32Array> = positions ? { positions: Uint32Array.from(positions) } : {};
      const result = await runTape(await makeDevice(), tape, inputs, { values: [[table, values]] });
      expect(result['buckets']).toEqual(expected);
    });
  });
});
