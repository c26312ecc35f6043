import { describe, expect, it } from 'vitest';
import { evaluationBatch, requireWindow, trainingBatch, windowsPerEpoch } from '../../engine/data/windows.ts';
import type { TokenSource } from '../../engine/data/windows.ts';

/** Tokens 0, 1, 2, …: a window's first token says where it was cut. */
function counting(tokenCount: number): TokenSource {
  return {
    tokenCount,
    read: (start, count) => Promise.resolve(Uint32Array.from({ length: count }, (_, i) => start + i)),
  };
}

describe('training batches', () => {
  it('pair every token with the one that follows it', async () => {
    const { ids, targets } = await trainingBatch(counting(1_000), 0, 4, 16, 1);
    expect([...targets]).toEqual([...ids].map((id) => id + 1));
  });

  it('visit each window of an epoch once, and shift the windows between epochs', async () => {
    const length = 10;
    const source = counting(205);
    const windows = windowsPerEpoch(source.tokenCount, length);
    const starts = async (epoch: number): Promise<number[]> => {
      const { ids } = await trainingBatch(source, epoch * windows, windows, length, 3);
      return Array.from({ length: windows }, (_, row) => ids[row * length]!).toSorted((a, b) => a - b);
    };
    const shifts = new Set<number>();
    for (let epoch = 0; epoch < 8; epoch++) {
      const sorted = await starts(epoch);
      shifts.add(sorted[0]!);
      expect(sorted).toEqual(Array.from({ length: windows }, (_, i) => sorted[0]! + i * length));
      expect(sorted.at(-1)! + length).toBeLessThan(source.tokenCount);
    }
    expect(shifts.size).toBeGreaterThan(3);
  });

  it('depend on nothing but seed and position', async () => {
    const source = counting(5_000);
    const whole = await trainingBatch(source, 7, 6, 32, 9);
    const later = await trainingBatch(source, 10, 3, 32, 9);
    expect([...later.ids]).toEqual([...whole.ids.subarray(3 * 32)]);
    const other = await trainingBatch(source, 7, 6, 32, 10);
    expect([...other.ids]).not.toEqual([...whole.ids]);
  });

  it.each([
    { tokenCount: 17, windows: 1 },
    { tokenCount: 32, windows: 1 },
    { tokenCount: 33, windows: 1 },
    { tokenCount: 49, windows: 2 },
  ])('stay inside a text of $tokenCount tokens', async ({ tokenCount, windows }) => {
    expect(windowsPerEpoch(tokenCount, 16)).toBe(windows);
    for (let first = 0; first < 40; first++) {
      const { targets } = await trainingBatch(counting(tokenCount), first, 1, 16, 5);
      expect(Math.max(...targets)).toBeLessThan(tokenCount);
    }
  });
});

describe('evaluation batches', () => {
  it('cover the text from its first to its last token', async () => {
    const source = counting(1_000);
    const first = await evaluationBatch(source, 0, 5, 4, 16);
    const last = await evaluationBatch(source, 4, 5, 4, 16);
    expect(first.ids[0]).toBe(0);
    expect(last.targets.at(-1)).toBe(999);
  });
});

describe('a text shorter than one sequence', () => {
  it.each([0, 1, 16])('of %i tokens is refused by name', (tokenCount) => {
    expect(() => requireWindow(counting(tokenCount), 16, 'training')).toThrow(
      expect.objectContaining({ code: 'text-too-short' }),
    );
  });
});
