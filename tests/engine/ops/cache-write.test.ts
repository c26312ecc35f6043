// Key-value caches on both devices: new tokens land at their positions, nothing else moves.
import { describe, expect, it } from 'vitest';
import { Tape } from '../../../engine/graph/tape.ts';
import { cacheWrite } from '../../../engine/ops/cache-write/cache-write.ts';
import { onEachDevice } from '../on-each-device.ts';
import { frozenLeaf, runTape, testValues } from '../run-tape.ts';

interface Form {
  readonly batch: number;
  readonly length: number;
  readonly maxLength: number;
  readonly keyOffset: number;
  readonly keyValueSize: number;
  readonly rowStride: number;
  readonly positions: readonly number[];
}

onEachDevice((makeDevice) => {
  describe('cacheWrite', () => {
    it.each<[string, Form]>([
      [
        'a prompt',
        {
          batch: 2,
          length: 5,
          maxLength: 9,
          keyOffset: 24,
          keyValueSize: 24,
          rowStride: 72,
          positions: [0, 1, 2, 3, 4, 3, 4, 5, 6, 7],
        },
      ],
      [
        'one token a row',
        {
          batch: 3,
          length: 1,
          maxLength: 17,
          keyOffset: 12,
          keyValueSize: 6,
          rowStride: 24,
          positions: [16, 0, 9],
        },
      ],
      [
        'tokens past the end, which are not kept',
        {
          batch: 2,
          length: 3,
          maxLength: 4,
          keyOffset: 5,
          keyValueSize: 7,
          rowStride: 19,
          positions: [2, 3, 4, 4_294_967_295, 0, 400],
        },
      ],
      [
        'more rows than a tile',
        {
          batch: 1,
          length: 65,
          maxLength: 70,
          keyOffset: 80,
          keyValueSize: 80,
          rowStride: 240,
          positions: Array.from({ length: 65 }, (_, i) => 69 - i),
        },
      ],
    ])('keeps %s', async (_, form) => {
      const { batch, length, maxLength, keyOffset, keyValueSize, rowStride, positions } = form;
      const size = 2 * keyValueSize;
      const tape = new Tape({ training: false });
      const cache = frozenLeaf('cache', [batch, maxLength, size]);
      cacheWrite(tape, tape.input('x', [batch * length, rowStride], 'f32'), {
        ...form,
        cache,
        positions: tape.input('positions', [batch * length], 'u32'),
      });
      const x = testValues(batch * length * rowStride, 1);
      const before = testValues(batch * maxLength * size, 2);
      const expected = before.slice();
      positions.forEach((position, row) => {
        if (position >= maxLength) return;
        const from = row * rowStride + keyOffset;
        expected.set(x.subarray(from, from + size), (Math.floor(row / length) * maxLength + position) * size);
      });
      const inputs = { x, positions: Uint32Array.from(positions) };
      const result = await runTape(await makeDevice(), tape, inputs, {
        values: [[cache, before]],
        read: { cache },
      });
      expect(result['cache']).toEqual(expected);
    });
  });
});
