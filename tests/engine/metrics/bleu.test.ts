// BLEU against sacreBLEU, of sentences and of corpora, down to its statistics.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bleuTokenizers } from '../../../engine/metrics/bleu-tokenizers.ts';
import {
  bleuOfSums,
  bleuSignature,
  bleuStatistics,
  corpusBleu,
  sentenceBleu,
} from '../../../engine/metrics/bleu.ts';
import { sumStatistics } from '../../../engine/metrics/statistics.ts';
import { decimals, examplesOf, metricGolden, withoutHeddle } from './goldens.ts';

const sentences = metricGolden('sentences');
const corpora = metricGolden('corpora');

describe('the statistics of BLEU', () => {
  it.each(['13a', 'intl', 'char', 'none'] as const)('are those of sacreBLEU with %s', (tokenizer) => {
    const index = ['13a', 'intl', 'char', 'none'].indexOf(tokenizer);
    const ours = sentences.map(({ output, references }) => bleuStatistics(output, references, { tokenizer }));
    expect(ours).toEqual(sentences.map(({ bleuStatistics }) => bleuStatistics[index]));
  });

  it('refuse an example without references', () => {
    expect(() => bleuStatistics('a', [])).toThrow(expect.objectContaining({ code: 'no-references' }));
  });
});

describe('BLEU of a sentence', () => {
  it('is that of sacreBLEU for each tokenizer and smoothing', () => {
    for (const { output, references, bleu } of sentences)
      bleu.forEach((score, i) => {
        const { options } = corpora[0]!.bleu[i]!;
        expect(sentenceBleu(output, references, options).score, output).toBeCloseTo(score, decimals);
      });
  });

  it('is that of sacreBLEU without effective order', () => {
    for (const { output, references, strictBleu } of sentences)
      expect(sentenceBleu(output, references, { effectiveOrder: false }).score, output).toBeCloseTo(
        strictBleu,
        decimals,
      );
  });

  it('is 100 for what was wanted and 0 for nothing', () => {
    expect(sentenceBleu('Zwei Fäden.', ['Drei Fäden.', 'Zwei Fäden.']).score).toBeCloseTo(100, 10);
    expect(sentenceBleu('', ['Zwei Fäden.'])).toMatchObject({ score: 0, brevityPenalty: 0 });
  });
});

describe.each(corpora)('BLEU of the corpus “$name”', ({ name, bleu }) => {
  const examples = examplesOf(name);
  const outputs = examples.map(({ output }) => output);
  const references = examples.map(({ references }) => references);

  it.each(bleu)('is that of sacreBLEU with $options', ({ options, signature, ...wanted }) => {
    const ours = corpusBleu(outputs, references, options);
    expect(ours.score).toBeCloseTo(wanted.score, decimals);
    expect(ours.brevityPenalty).toBeCloseTo(wanted.brevityPenalty, decimals);
    ours.precisions.forEach((precision, i) => expect(precision).toBeCloseTo(wanted.precisions[i]!, decimals));
    expect(ours.precisions).toHaveLength(4);
    expect(ours.outputLength).toBe(wanted.outputLength);
    expect(ours.referenceLength).toBe(wanted.referenceLength);
    expect(withoutHeddle(ours.signature)).toBe(signature);
  });
});

describe('BLEU of sums', () => {
  it('does not depend on how examples are added up', () => {
    const examples = examplesOf('all');
    const statistics = examples.map(({ output, references }) => bleuStatistics(output, references));
    const whole = bleuOfSums(sumStatistics(statistics));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: examples.length - 1 }), (cut) => {
        const parts = [statistics.slice(cut), statistics.slice(0, cut)].map(sumStatistics);
        expect(bleuOfSums(sumStatistics(parts))).toEqual(whole);
      }),
      { numRuns: 20 },
    );
  });

  it('lies between 0 and 100, and is 100 for any text that is its reference', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 30 });
    fc.assert(
      fc.property(text, text, (output, reference) => {
        const { score } = sentenceBleu(output, [reference]);
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(100 + 1e-9);
        const hasTokens = bleuTokenizers['13a'](output).length > 0;
        expect(sentenceBleu(output, [output]).score).toBeCloseTo(hasTokens ? 100 : 0, 9);
      }),
    );
  });

  it('refuse no examples', () => {
    expect(() => corpusBleu([], [])).toThrow(expect.objectContaining({ code: 'no-examples' }));
  });
});

it('a signature names the program and how outputs were resampled', () => {
  expect(bleuSignature(1)).toBe('nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0+heddle');
  expect(bleuSignature('var', { tokenizer: 'char' }, { samples: 500, seed: 7 })).toBe(
    'nrefs:var|bs:500|seed:7|case:mixed|eff:no|tok:char|smooth:exp|version:2.6.0+heddle',
  );
});
