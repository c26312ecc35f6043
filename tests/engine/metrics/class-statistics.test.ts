// Sums of statistics of single examples give the figures of all of them together.
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { classStatistics, macroOfSums } from '../../../engine/metrics/class-statistics.ts';
import { scoreClasses } from '../../../engine/metrics/classification.ts';
import { sumStatistics } from '../../../engine/metrics/statistics.ts';

it('sums give the macro figures of scoreClasses, classes that never occur included', () => {
  const labels = ['a', 'b', 'c', 'd'];
  const label = fc.constantFrom(...labels);
  fc.assert(
    fc.property(fc.array(fc.tuple(label, label), { minLength: 1 }), (pairs) => {
      const sums = sumStatistics(pairs.map(([target, output]) => classStatistics(target, output, labels)));
      const { macro } = scoreClasses(
        pairs.map(([target]) => target),
        pairs.map(([, output]) => output),
        labels,
      );
      const ours = macroOfSums(sums);
      for (const figure of ['precision', 'recall', 'f1'] as const) {
        expect(ours[figure]).toBeCloseTo(macro[figure], 12);
      }
    }),
  );
});
