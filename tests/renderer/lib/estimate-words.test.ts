// What is said about an estimate, and the windows that show what the model sees.

import { describe, expect, it } from 'vitest';
import type { Estimate } from '../../../preload/contract.ts';
import {
  estimateRows,
  estimateSentences,
  formatFlops,
  misfitWords,
  remainingMs,
  stepRange,
} from '../../../renderer/lib/estimate-words.ts';
import { durationRange } from '../../../renderer/lib/preset-facts.ts';
import { shiftedPairs, tokensWanted, tokenWindows } from '../../../renderer/lib/windows.ts';

const estimate: Estimate = {
  parameterCount: 10_650_000,
  parameterBytes: 42.6e6,
  gradientBytes: 42.6e6,
  optimizerBytes: 85.2e6,
  activationBytes: 1.1e9,
  totalBytes: 1.27e9,
  availableBytes: 4e9,
  fits: true,
  trainTokens: 1_003_854,
  tokensPerParameter: 0.094,
  totalSteps: 5_000,
  epochs: 81.6,
  totalFlops: 5.8e15,
  stepMs: { low: 9_800, high: 12_600 },
  durationMs: { low: 49e6, high: 63e6 },
  measuredFrom: 'product',
};
const row = (label: string, changes: Partial<Estimate> = {}, done = 0) =>
  estimateRows({ ...estimate, ...changes }, done).find((one) => one.label === label)!;

describe('rows', () => {
  it('have units, and the exact value for whoever asks', () => {
    expect(row('Parameters')).toMatchObject({ value: '10.7 M', help: '10,650,000 numbers are learned.' });
    expect(row('Memory needed').value).toBe('1.3 GB');
    expect(row('Memory needed').help).toContain('1.1 GB activations');
    expect(row('Compute').value).toBe('5.8 PFLOP');
    expect(row('One step').value).toBe('9.8 to 12.6 s');
    expect(row('Time to finish')).toMatchObject({ value: '14 to 18 h', tone: 'warn' });
  });

  it('say what is not known by a dash, and where a step was measured', () => {
    expect(row('Tokens a parameter', { tokensPerParameter: null }).value).toBe('–');
    expect(row('Measured step', { measuredFrom: 'steps' }).help).toContain('real steps');
  });

  it('of a card whose memory is not known say so, and refuse nothing', () => {
    expect(row('Memory there').value).toBe('4.0 GB');
    const unknown = row('Memory there', { availableBytes: null });
    expect(unknown).toMatchObject({ value: 'not known', help: expect.stringContaining('does not say') });
    expect(misfitWords({ ...estimate, availableBytes: null, totalBytes: 9e12 })).toBeNull();
  });

  it('of a fork count only what is left', () => {
    expect(remainingMs(estimate, 4_000)).toEqual({ low: 49e6 / 5, high: 63e6 / 5 });
    expect(row('Time left', {}, 4_000).value).toBe('3 to 4 h');
    expect(remainingMs({ durationMs: null, totalSteps: 5 }, 1)).toBeNull();
  });
});

it('what does not fit is said with both figures', () => {
  expect(misfitWords(estimate)).toBeNull();
  const words = misfitWords({ ...estimate, fits: false, totalBytes: 9e9 });
  expect(words).toBe('It does not fit: 9.0 GB are needed and 4.0 GB are there.');
});

it('sentences warn of long runs and of learning by heart, and only then', () => {
  expect(estimateSentences(estimate, 0).join(' ')).toMatch(/takes long.*seen 81.6 times/);
  const short = { ...estimate, durationMs: { low: 1, high: 2 }, epochs: 2 };
  expect(estimateSentences(short, 0)).toEqual([]);
});

it.each([
  [{ low: 4.2, high: 5.1 }, '4.2 to 5.1 ms'],
  [{ low: 40, high: 60 }, '40 to 60 ms'],
  [{ low: 200_000, high: 300_000 }, '3 to 5 min'],
])('a step of %o is %s', (range, words) => expect(stepRange(range)).toBe(words));

it('operations and long times have units that fit', () => {
  expect([formatFlops(132e9), formatFlops(0), formatFlops(2.6e12)]).toEqual([
    '132 GFLOP',
    '0.0 FLOP',
    '2.6 TFLOP',
  ]);
  expect(durationRange({ low: 350_000_000, high: 600_000_000 })).toBe('4 to 7 days');
});

describe('windows', () => {
  const tokens = Array.from('abcdefghij', (text, id) => ({ id, text }));

  it('follow each other without a gap, and the last token of one is asked for the first of the next', () => {
    const windows = tokenWindows(tokens, 4);
    expect(windows.map((one) => one.tokens.map(({ text }) => text).join(''))).toEqual(['abcd', 'efgh']);
    expect(windows[0]!.next!.text).toBe('e');
    const pairs = shiftedPairs(windows[0]!, 9).map(({ sees, asked }) => sees.text + asked.text);
    expect(pairs).toEqual(['ab', 'bc', 'cd', 'de']);
  });

  it('show what there is of a short text, and never more than a page bears', () => {
    expect(tokenWindows(tokens, 64)[0]!.tokens).toHaveLength(10);
    expect(tokenWindows([], 64)).toEqual([]);
    const many = Array.from({ length: 9_000 }, (_, id) => ({ id, text: 'x' }));
    expect(tokenWindows(many, 4_096)[0]!.tokens).toHaveLength(1_024);
    expect(tokensWanted(4_096)).toBe(1_025);
    expect(tokensWanted(64)).toBe(193);
  });
});
