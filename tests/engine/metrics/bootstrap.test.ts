// The paired bootstrap against sacreBLEU's --paired-bs on the examples that numpy drew, and with our own.
import { describe, expect, it } from 'vitest';
import { bleuOfSums, bleuSignature, bleuStatistics } from '../../../engine/metrics/bleu.ts';
import { pairedBootstrap } from '../../../engine/metrics/bootstrap.ts';
import { chrfOfSums, chrfSignature, chrfStatistics } from '../../../engine/metrics/chrf.ts';
import { meanOfSums, valueStatistics } from '../../../engine/metrics/statistics.ts';
import { decimals, metricGolden, withoutHeddle } from './goldens.ts';

const { references, systems, drawn, seed, tests } = metricGolden('bootstrap');
const kinds = {
  bleu: { statistics: bleuStatistics, scoreOf: (sums: readonly number[]) => bleuOfSums(sums).score },
  chrf: { statistics: chrfStatistics, scoreOf: chrfOfSums },
};
const statisticsOf = (kind: keyof typeof kinds, system: number) =>
  systems[system]!.map((output, i) => kinds[kind].statistics(output, [references[i]!]));

describe.each(['bleu', 'chrf'] as const)('the paired bootstrap of %s', (kind) => {
  const { scoreOf } = kinds[kind];

  it.each(tests)('is that of sacreBLEU for systems $baseline and $system', (golden) => {
    const ours = pairedBootstrap(
      statisticsOf(kind, golden.baseline),
      statisticsOf(kind, golden.system),
      scoreOf,
      { samples: drawn.length, seed, draw: (sample, target) => target.set(drawn[sample]!) },
    );
    for (const side of ['baseline', 'system'] as const)
      for (const figure of ['score', 'mean', 'halfWidth'] as const)
        // Sums are 32-bit floats there, and so are the precisions made of them.
        expect(ours[side][figure]).toBeCloseTo(golden[kind][side][figure], 4);
    expect(ours.pValue).toBeCloseTo(golden[kind].system.pValue, decimals);
    const signature = (kind === 'bleu' ? bleuSignature : chrfSignature)(1, {}, ours);
    expect(withoutHeddle(signature)).toBe(golden[kind].signature);
  });

  it('says the same by its own numbers, and again with the same seed', () => {
    const run = (seed: number) =>
      pairedBootstrap(statisticsOf(kind, 0), statisticsOf(kind, 1), scoreOf, { samples: 200, seed });
    const ours = run(1);
    expect(run(1)).toEqual(ours);
    expect(run(2).system.mean).not.toBe(ours.system.mean);
    for (const side of ['baseline', 'system'] as const) {
      // Means of 60 and of 200 samples: an interval's half is about two standard deviations of one.
      const { mean, halfWidth } = tests[0]![kind][side];
      expect(Math.abs(ours[side].mean - mean)).toBeLessThan(halfWidth / 3);
      expect(ours[side].low).toBeLessThan(ours[side].score);
      expect(ours[side].high).toBeGreaterThan(ours[side].score);
    }
  });
});

describe('the paired bootstrap of means', () => {
  const right = (share: number) =>
    Array.from({ length: 400 }, (_, i) => valueStatistics(i % 100 < share ? 1 : 0));

  it('draws every example about as often', () => {
    const values = Array.from({ length: 50 }, (_, i) => valueStatistics(i));
    const { system } = pairedBootstrap(values, values, meanOfSums, { samples: 2000 });
    expect(system.score).toBe(24.5);
    // The mean of 2000 means of 50 has a standard error of 14.43 / sqrt(50 * 2000) = 0.046.
    expect(Math.abs(system.mean - 24.5)).toBeLessThan(4 * 0.046);
    // 1.96 * 14.43 / sqrt(50) = 4.0
    expect(system.halfWidth).toBeGreaterThan(3.5);
    expect(system.halfWidth).toBeLessThan(4.5);
  });

  it('tells a large difference from a small one', () => {
    const far = pairedBootstrap(right(40), right(80), meanOfSums);
    expect(far).toMatchObject({ samples: 1000, seed: 12345 });
    expect(far.system.score - far.baseline.score).toBeCloseTo(0.4, 10);
    expect(far.pValue).toBeLessThan(0.01);
    const mixed = right(50).map(([value]) => valueStatistics(1 - value!));
    expect(pairedBootstrap(right(50), mixed, meanOfSums).pValue).toBeGreaterThan(0.05);
  });

  it('gives a system against itself the smallest p there is, as sacreBLEU does', () => {
    const { baseline, system, pValue } = pairedBootstrap(right(50), right(50), meanOfSums);
    expect(system).toEqual(baseline);
    expect(pValue).toBe(1 / 1001);
  });

  it('refuses systems that were measured on different examples', () => {
    expect(() => pairedBootstrap(right(50), right(50).slice(1), meanOfSums)).toThrow(
      expect.objectContaining({ code: 'unequal-lengths' }),
    );
    expect(() => pairedBootstrap([], [], meanOfSums)).toThrow(
      expect.objectContaining({ code: 'no-examples' }),
    );
  });
});
