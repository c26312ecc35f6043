// The policy of the loss scale, as torch.amp.GradScaler's defaults give it, and what a step takes from it.

import { describe, expect, it } from 'vitest';
import { defaultsOf, trainingFields } from '../../../engine/config.ts';
import { scalarIndex } from '../../../engine/graph/scalars.ts';
import {
  afterGoodStep,
  afterSkippedStep,
  initialLossScaling,
  type LossScaling,
} from '../../../engine/training/loss-scale.ts';
import { precisionProblems } from '../../../engine/training/precision.ts';
import { stepScalars } from '../../../engine/training/step-scalars.ts';

function afterGoodSteps(scaling: LossScaling, count: number): LossScaling {
  let state = scaling;
  for (let i = 0; i < count; i++) state = afterGoodStep(state);
  return state;
}

describe('the loss scale', () => {
  it('starts at 65536 and doubles after 2000 good steps in a row', () => {
    expect(initialLossScaling.scale).toBe(65536);
    expect(afterGoodSteps(initialLossScaling, 1999).scale).toBe(65536);
    expect(afterGoodSteps(initialLossScaling, 2000)).toEqual({
      scale: 131072,
      goodSteps: 0,
      skippedSteps: 0,
    });
    const interrupted = afterSkippedStep(afterGoodSteps(initialLossScaling, 1999))!;
    expect(interrupted).toEqual({ scale: 32768, goodSteps: 0, skippedSteps: 1 });
    expect(afterGoodSteps(interrupted, 1999).scale).toBe(32768);
    expect(afterGoodSteps(interrupted, 2000).scale).toBe(65536);
  });

  it('stays a number that f32 holds, however long all goes well', () => {
    expect(afterGoodSteps(initialLossScaling, 40_000).scale).toBe(2 ** 24);
  });

  it('is halved down to 1, and below that gives up', () => {
    let state: LossScaling | null = initialLossScaling;
    let halvings = 0;
    while (state.scale > 1) {
      state = afterSkippedStep(state)!;
      halvings++;
    }
    expect(halvings).toBe(16);
    expect(afterSkippedStep(state)).toBeNull();
  });
});

describe('a step of a scaled loss', () => {
  const training = defaultsOf(trainingFields);
  const shared = { training, step: 7, index: 0, learningRate: 0.5, targetCount: 10 };
  const reals = (words: Uint32Array): Float32Array => new Float32Array(words.buffer);

  it('multiplies by the scale, divides by it again, and counts no skipped step', () => {
    const lossScaling = { scale: 1024, goodSteps: 0, skippedSteps: 3 };
    const values = reals(stepScalars({ ...shared, lossScaling, skippedSteps: 3 }));
    expect(values[scalarIndex.lossScale]).toBeCloseTo(102.4, 4);
    expect(values[scalarIndex.unscale]).toBe(1 / 1024);
    expect(values[scalarIndex.biasCorrection1]).toBeCloseTo(1 - training.adamBeta1 ** 4, 6);
    expect(values[scalarIndex.biasCorrection2]).toBeCloseTo(1 - training.adamBeta2 ** 4, 6);
  });

  it('is as before where the loss is not scaled', () => {
    const values = reals(stepScalars({ ...shared, lossScaling: null, skippedSteps: 0 }));
    expect(values[scalarIndex.lossScale]).toBeCloseTo(0.1, 6);
    expect(values[scalarIndex.biasCorrection1]).toBeCloseTo(1 - training.adamBeta1 ** 7, 6);
  });
});

describe('mixed precision', () => {
  const fp16 = { ...defaultsOf(trainingFields), mixedPrecision: 'fp16' } as const;
  const gpu = { kind: 'webgpu', name: 'Some GPU', features: ['shader-f16', 'subgroups'] } as const;

  it('is refused by name where a device cannot do it, with what would work', () => {
    expect(precisionProblems(fp16, gpu)).toEqual([]);
    const cpu = { kind: 'cpu', name: 'CPU, 2 threads', features: [] } as const;
    const old = { ...gpu, name: 'Old GPU', features: ['subgroups'] };
    for (const [device, named] of [
      [cpu, 'The CPU'],
      [old, '"Old GPU"'],
    ] as const) {
      const [problem] = precisionProblems(fp16, device);
      expect(problem?.path).toBe('training.mixedPrecision');
      expect(problem?.message).toContain('shader-f16');
      expect(problem?.message).toContain(named);
      expect(problem?.hint).toContain('--mixed-precision no');
      expect(precisionProblems(defaultsOf(trainingFields), device)).toEqual([]);
    }
  });
});
