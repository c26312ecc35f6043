// Which tokens count in which window: each once, behind as much context as the stride promises.

import { describe, expect, it } from 'vitest';
import type { WindowBatch, TokenSource } from '../../../engine/data/windows.ts';
import { requireStride, slidingWindows, windowCount } from '../../../engine/evaluation/sliding-windows.ts';

/** A text whose token at place i is i. */
const counting = (tokenCount: number): TokenSource => ({
  tokenCount,
  read: (start, count) => {
    if (start + count > tokenCount) throw new Error('read beyond the text');
    return Promise.resolve(Uint32Array.from({ length: count }, (_, i) => start + i));
  },
});

async function batchesOf(
  source: TokenSource,
  shape: Parameters<typeof slidingWindows>[1],
): Promise<WindowBatch[]> {
  const batches: WindowBatch[] = [];
  for await (const batch of slidingWindows(source, shape)) batches.push(batch);
  return batches;
}

describe('slidingWindows', () => {
  it.each([
    [2, 8, 8, 2],
    [9, 8, 8, 2],
    [10, 8, 8, 2],
    [41, 8, 8, 3],
    [41, 8, 3, 4],
    [40, 8, 1, 1],
  ])(
    'of %i tokens, %i at a time, every %i, count each but the first once',
    async (tokenCount, length, stride, batchSize) => {
      const batches = await batchesOf(counting(tokenCount), { batchSize, length, stride });
      const counted: number[] = [];
      for (const { ids, targets } of batches) {
        targets.forEach((target, i) => {
          if (target === 0xffffffff) return;
          counted.push(target);
          expect(ids[i]).toBe(target - 1);
          // What stands before it in its window.
          expect((i % length) + 1).toBeGreaterThanOrEqual(Math.min(target, length - stride + 1));
        });
      }
      expect(counted).toEqual(Array.from({ length: tokenCount - 1 }, (_, i) => i + 1));
      expect(batches.reduce((sum, { targetCount }) => sum + targetCount, 0)).toBe(tokenCount - 1);
      const windows = windowCount(counting(tokenCount), { batchSize, length, stride });
      expect(batches).toHaveLength(Math.ceil(windows / batchSize));
    },
  );

  it('refuses a text of one token', async () => {
    const shape = { batchSize: 1, length: 4, stride: 4 };
    await expect(batchesOf(counting(1), shape)).rejects.toMatchObject({ code: 'text-too-short' });
  });
});

describe('requireStride', () => {
  it.each([0, 9, 2.5, Number.NaN])('refuses %s for windows of 8', (stride) => {
    expect(() => requireStride({ length: 8, stride })).toThrow(
      expect.objectContaining({ code: 'stride-out-of-range' }),
    );
  });
});
