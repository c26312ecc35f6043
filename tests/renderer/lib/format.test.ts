// How numbers, lengths of time and step axes read.

import { describe, expect, it } from 'vitest';
import { isMaxCrowded, stepInterval, timeInterval } from '../../../renderer/lib/axis.ts';
import { formatAgo, formatDuration } from '../../../renderer/lib/duration.ts';
import {
  formatBytes,
  formatChange,
  formatCount,
  formatFixed,
  formatInteger,
  formatLearningRate,
  formatPercent,
  formatPerplexity,
  formatStepRate,
  formatTick,
} from '../../../renderer/lib/format.ts';

describe('numbers', () => {
  it.each([
    [formatInteger(16_130), '16,130'],
    [formatInteger(null), '–'],
    [formatFixed(1.7434, 3), '1.743'],
    [formatFixed(-0.5, 1), '−0.5'],
    [formatFixed(Number.NaN, 3), '–'],
    [formatFixed(123_456, 3), '123,456'],
    [formatFixed(3.2e9, 3), '3.2e+9'],
    [formatPerplexity(6.7712), '6.77'],
    [formatPerplexity(512.4), '512'],
    [formatChange(-0.0214, 3), '−0.021'],
    [formatChange(0.3, 3), '+0.300'],
    [formatChange(-0.0001, 3), '±0.000'],
    [formatCount(804_096), '0.80 M'],
    [formatCount(124_439_808), '124 M'],
    [formatCount(15_191_712), '15.2 M'],
    [formatCount(812), '812'],
    [formatBytes(212e6), '212 MB'],
    [formatBytes(40.4e6), '40.4 MB'],
    [formatBytes(999_999), '1.0 MB'],
    [formatBytes(0), '0 B'],
    [formatStepRate(21.2), '21 steps/s'],
    [formatStepRate(0.25), '4.0 s/step'],
    [formatTick(1_500), '1.5k'],
    [formatTick(0.0015), '0.0015'],
    [formatTick(0.00006), '6e-5'],
    [formatTick(0), '0'],
    [formatTick(-2_000_000), '−2M'],
    [formatLearningRate(0.0017444), '0.00174'],
    [formatLearningRate(1e-5), '1e-5'],
    [formatPercent(0.999), '99%'],
    [formatPercent(1), '100%'],
  ])('%s reads %s', (text, expected) => expect(text).toBe(expected));
});

describe('time', () => {
  it.each([
    [formatDuration(28_000), '0:28'],
    [formatDuration(725_000), '12:05'],
    [formatDuration(11_265_000), '3:07:45'],
    [formatDuration(-5), '0:00'],
    [formatAgo(0, 3_000), 'just now'],
    [formatAgo(0, 40_000), '40 s ago'],
    [formatAgo(0, 720_000), '12 min ago'],
    [formatAgo(0, 5 * 3_600_000), '5 h ago'],
    [formatAgo(0, 72 * 3_600_000), '3 days ago'],
  ])('%s reads %s', (text, expected) => expect(text).toBe(expected));
});

describe('a step axis', () => {
  it.each([
    [2_000, 6, 500],
    [700, 7, 100],
    [700, 6, 200],
    [5_000, 6, 1_000],
    [600_000, 7, 100_000],
    [1, 6, 1],
    [7, 6, 2],
  ])('of %i steps with room for %i is labelled every %i', (max, most, interval) =>
    expect(stepInterval(max, most)).toBe(interval),
  );

  it('leaves its last label out where it would stand on the one before', () => {
    expect(isMaxCrowded(700, 6)).toBe(true);
    expect(isMaxCrowded(700, 7)).toBe(false);
    expect(isMaxCrowded(2_000, 6)).toBe(false);
  });
});

describe('the labels of an axis of time', () => {
  it.each([
    [60_000, 6, 10_000],
    [90_000, 6, 15_000],
    [3_600_000, 4, 900_000],
    [3_600_000 * 24 * 10, 5, 48 * 3_600_000],
    [3_600_000 * 24 * 70, 5, 14 * 24 * 3_600_000],
  ])('of %d ms in at most %d stretches stand at round times', (spanMs, most, interval) =>
    expect(timeInterval(spanMs, most)).toBe(interval),
  );
});
