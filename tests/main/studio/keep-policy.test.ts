// Which checkpoints stay.

import { describe, expect, it } from 'vitest';
import { bestStepOf, stepsToDelete } from '../../../main/studio/keep-policy.ts';

const checkpoint = (step: number, evalLoss: number | null = null, isMarked = false) => ({
  step,
  evalLoss,
  isMarked,
});

describe('checkpoints', () => {
  it('are the last few, the best and the marked', () => {
    const all = [
      checkpoint(10, 3, true),
      checkpoint(20, 1),
      checkpoint(30, 2),
      checkpoint(40),
      checkpoint(50, 1.5),
    ];
    expect(stepsToDelete(all, 2)).toEqual([30]);
    expect(stepsToDelete(all, 1)).toEqual([30, 40]);
    expect(stepsToDelete(all, 9)).toEqual([]);
  });

  it('are all kept with a limit of 0', () => {
    expect(stepsToDelete([checkpoint(1), checkpoint(2), checkpoint(3)], 0)).toEqual([]);
  });

  it('come in any order', () => {
    expect(stepsToDelete([checkpoint(3), checkpoint(1), checkpoint(2)], 1)).toEqual([1, 2]);
  });
});

describe('the best', () => {
  it('has the lowest loss, the earliest of equals', () => {
    expect(bestStepOf([checkpoint(1, 2), checkpoint(2, 1), checkpoint(3, 1), checkpoint(4)])).toBe(2);
  });

  it('is none where nothing was measured', () => {
    expect(bestStepOf([checkpoint(1), checkpoint(2)])).toBeNull();
  });
});
