// Filling a tensor, wide and narrow, and nothing beside it.
import { describe, expect, it } from 'vitest';
import { Tape } from '../../../engine/graph/tape.ts';
import { addToArena, createArena } from '../../../engine/graph/tensor.ts';
import { fill } from '../../../engine/ops/fill/fill.ts';
import { onEachDevice } from '../on-each-device.ts';
import { runTape, testValues } from '../run-tape.ts';

onEachDevice((makeDevice) => {
  describe('fill', () => {
    it.each([
      { count: 1, value: 0 },
      { count: 4096, value: 0 },
      { count: 70001, value: -1.5 },
      { count: 70004, value: 2.25 },
    ])('sets $count elements to $value', async ({ count, value }) => {
      const tape = new Tape({ training: false });
      const arena = createArena('arena');
      const y = addToArena(arena, 'y', [count]);
      const after = addToArena(arena, 'after', [5]);
      fill(tape, y, value);
      const neighbour = testValues(5, 1);
      const result = await runTape(
        await makeDevice(),
        tape,
        {},
        {
          values: [
            [y, testValues(count, 2)],
            [after, neighbour],
          ],
          read: { y, after },
        },
      );
      expect(result['y']).toEqual(new Float32Array(count).fill(value));
      expect(result['after']).toEqual(neighbour);
    });
  });
});
