// What a step is said to compute is what its plan computes, counted command by command.

import { describe, expect, it } from 'vitest';
import { presets } from '../../../engine/models/presets.ts';
import { planTraining } from '../../../engine/training/plans.ts';
import { stepWork } from '../../../engine/training/step-work.ts';
import { flopsOf } from '../../bench/flops.ts';

describe.each(presets)('$name', ({ settings }) => {
  it('computes 6 N a token and attention', () => {
    const { microSteps } = planTraining(settings, 0xffff_0000).shapes.at(-1)!;
    const counted = microSteps
      .flatMap(({ tape }) => tape.commands)
      .reduce((sum, command) => sum + flopsOf(command), 0);
    expect(stepWork(settings).flops / counted).toBeCloseTo(1, 6);
  });
});

it('has a shape that changes with whatever changes its time, and with nothing else', () => {
  const { settings } = presets[0]!;
  const { shape } = stepWork(settings);
  const training = { ...settings.training, learningRate: 1, maxSteps: 7, seed: 2 };
  expect(stepWork({ ...settings, training }).shape).toBe(shape);
  const changed = [
    { ...settings, model: { ...settings.model, numHiddenLayers: 5 } },
    { ...settings, training: { ...settings.training, maxLength: 32 } },
    { ...settings, training: { ...settings.training, gradientAccumulationSteps: 2 } },
  ];
  expect(new Set([shape, ...changed.map((one) => stepWork(one).shape)]).size).toBe(4);
});
