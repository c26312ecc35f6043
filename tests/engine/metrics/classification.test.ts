// Figures of classes against scikit-learn with zero_division=0.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scoreClasses, type PrecisionRecall } from '../../../engine/metrics/classification.ts';
import { decimals, metricGolden } from './goldens.ts';

function expectFigures(ours: PrecisionRecall, [precision, recall, f1]: readonly number[]): void {
  expect(ours.precision).toBeCloseTo(precision!, decimals);
  expect(ours.recall).toBeCloseTo(recall!, decimals);
  expect(ours.f1).toBeCloseTo(f1!, decimals);
}

describe('scoreClasses', () => {
  it.each(metricGolden('classes').map((golden, index) => ({ ...golden, index })))(
    'gives the figures of scikit-learn, case $index',
    (golden) => {
      const ours = scoreClasses(golden.targets, golden.predictions, golden.labels);
      expect(ours.accuracy).toBeCloseTo(golden.accuracy, decimals);
      expect(ours.confusion).toEqual(golden.confusion);
      expect(ours.classes).toHaveLength(golden.classes.length);
      golden.classes.forEach((wanted, i) => {
        expectFigures(ours.classes[i]!, wanted);
        expect(ours.classes[i]!.support).toBe(wanted[3]);
      });
      expectFigures(ours.macro, golden.macro);
      expectFigures(ours.micro, golden.micro);
      expectFigures(ours.weighted, golden.weighted);
    },
  );

  it('has weighted recall equal to accuracy, whatever was predicted', () => {
    const label = fc.integer({ min: 0, max: 4 });
    fc.assert(
      fc.property(fc.array(fc.tuple(label, label), { minLength: 1 }), (pairs) => {
        const scores = scoreClasses(
          pairs.map(([target]) => target),
          pairs.map(([, prediction]) => prediction),
        );
        expect(scores.weighted.recall).toBeCloseTo(scores.accuracy, 12);
        expect(scores.confusion.flat().reduce((sum, count) => sum + count)).toBe(pairs.length);
      }),
    );
  });

  it('refuses what it cannot score', () => {
    expect(() => scoreClasses([], [])).toThrow(expect.objectContaining({ code: 'no-examples' }));
    expect(() => scoreClasses([1, 2], [1])).toThrow(expect.objectContaining({ code: 'unequal-lengths' }));
    expect(() => scoreClasses(['a'], ['b'], ['a'])).toThrow(
      expect.objectContaining({ code: 'unknown-class' }),
    );
  });
});
