// Sliders: position and value belong together, values come to rest, and each setting gets a slider that suits it.

import { describe, expect, it } from 'vitest';
import { generationFields, modelFields, trainingFields } from '../../../engine/config.ts';
import { positionOf, positions, sliderFor, valueAt } from '../../../renderer/lib/slider-scale.ts';

describe('a scale', () => {
  it('reaches both ends', () => {
    for (const kind of ['linear', 'logarithmic'] as const) {
      const scale = { min: 2, max: 64, kind };
      expect([valueAt(0, scale), valueAt(positions, scale)]).toEqual([2, 64]);
      expect([positionOf(2, scale), positionOf(64, scale)]).toEqual([0, positions]);
    }
  });

  it('halves in the middle of a logarithmic line', () => {
    expect(valueAt(500, { min: 1, max: 10_000, kind: 'logarithmic', rest: 'whole' })).toBe(100);
    expect(positionOf(100, { min: 1, max: 10_000, kind: 'logarithmic' })).toBe(500);
  });

  it('rests widths on numbers that heads divide', () => {
    const scale = { min: 8, max: 2_048, kind: 'logarithmic', rest: 'halving' } as const;
    const values = Array.from({ length: positions + 1 }, (_, position) => valueAt(position, scale));
    expect(values.every(Number.isInteger)).toBe(true);
    expect(values.filter((value) => value >= 64 && value % 8 !== 0)).toEqual([]);
  });

  it('has a zero where zero means something', () => {
    const scale = { min: 1e-5, max: 0.1, kind: 'logarithmic', rest: 'digits', hasZero: true } as const;
    expect(valueAt(0, scale)).toBe(0);
    expect(positionOf(0, scale)).toBe(0);
    expect(valueAt(1, scale)).toBeGreaterThan(0);
  });
});

describe('the slider of a setting', () => {
  it('is logarithmic for rates and sizes, linear for shares', () => {
    expect(sliderFor(trainingFields.learningRate, 1e-3, 1e-3)).toMatchObject({
      kind: 'logarithmic',
      min: 1e-5,
      max: 0.1,
    });
    expect(sliderFor(modelFields.gpt2.hiddenSize, 128, 128)).toMatchObject({ rest: 'halving', min: 8 });
    expect(sliderFor(generationFields.topP, 1, 1)).toMatchObject({ kind: 'linear', min: 0, max: 1 });
  });

  it('is none for seeds and for lengths of which nothing is known', () => {
    expect(sliderFor(trainingFields.seed, 1337, 1337)).toBeNull();
    expect(sliderFor(trainingFields.maxSteps, 0, 0)).toBeNull();
  });

  it('reaches every value it stands at', () => {
    const missed = Object.entries({ ...trainingFields, ...modelFields.gpt2 }).filter(([, field]) => {
      const value = field.maximum!;
      const scale = sliderFor(field, Number(field.default), value);
      return scale !== null && valueAt(positionOf(value, scale), scale) !== value;
    });
    expect(missed).toEqual([]);
  });
});
