// chrF and chrF++ against sacreBLEU, of sentences and of corpora, down to their statistics.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chrfStatistics, corpusChrf, sentenceChrf } from '../../../engine/metrics/chrf.ts';
import { decimals, examplesOf, metricGolden, withoutHeddle } from './goldens.ts';

const sentences = metricGolden('sentences');

describe('chrF of a sentence', () => {
  it('has the statistics of sacreBLEU', () => {
    const ours = sentences.map(({ output, references }) =>
      chrfStatistics(output, references, { wordOrder: 2 }),
    );
    expect(ours).toEqual(sentences.map(({ chrfStatistics }) => chrfStatistics));
  });

  it.each([{ wordOrder: 0 }, { wordOrder: 2 }, { wordOrder: 2, lowercase: true }] as const)(
    'is that of sacreBLEU with %o',
    (options) => {
      const index = options.wordOrder === 0 ? 0 : 'lowercase' in options ? 2 : 1;
      for (const { output, references, chrf } of sentences)
        expect(sentenceChrf(output, references, options), output).toBeCloseTo(chrf[index]!, decimals);
    },
  );

  it('counts an emoji as one character', () => {
    // One character of two is there: P = 1, R = 1/2 of single ones; no pair to be compared.
    expect(sentenceChrf('🧵', ['🧵🪡'])).toBeCloseTo((100 * 5 * 0.5) / (4 + 0.5), 10);
  });

  it('lies between 0 and 100, and is 100 for any text that is its reference', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 30 });
    fc.assert(
      fc.property(text, text, (output, reference) => {
        const score = sentenceChrf(output, [reference], { wordOrder: 2 });
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(100 + 1e-9);
        const same = sentenceChrf(`${output}.`, [`${output}.`]);
        expect(same).toBeCloseTo(100, 9);
      }),
    );
  });
});

describe.each(metricGolden('corpora'))('chrF of the corpus “$name”', ({ name, chrf }) => {
  const examples = examplesOf(name);

  it.each(chrf)('is that of sacreBLEU with $options', ({ options, score, signature }) => {
    const ours = corpusChrf(
      examples.map(({ output }) => output),
      examples.map(({ references }) => references),
      options,
    );
    expect(ours.score).toBeCloseTo(score, decimals);
    expect(withoutHeddle(ours.signature)).toBe(signature);
  });
});

it('refuses an example without references and no examples', () => {
  expect(() => sentenceChrf('a', [])).toThrow(expect.objectContaining({ code: 'no-references' }));
  expect(() => corpusChrf([], [])).toThrow(expect.objectContaining({ code: 'no-examples' }));
});
