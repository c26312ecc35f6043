// ROUGE and its stemmer against rouge_score and NLTK.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commonLength, commonPositions } from '../../../engine/metrics/longest-common-subsequence.ts';
import { porterStem } from '../../../engine/metrics/porter-stemmer.ts';
import { meanRouge, rouge, rougeScore, rougeTypes } from '../../../engine/metrics/rouge.ts';
import { decimals, examplesOf, metricGolden } from './goldens.ts';

const sentences = metricGolden('sentences');

describe.each([false, true])('ROUGE with useStemmer %s', (useStemmer) => {
  it('of each example is that of rouge_score', () => {
    for (const { output, references, rouge: golden } of sentences) {
      const ours = rouge(output, references, { useStemmer });
      rougeTypes.forEach((type, i) => {
        const [precision, recall, fmeasure] = golden[useStemmer ? 1 : 0]![i]!;
        expect(ours[type].precision, output).toBeCloseTo(precision, decimals);
        expect(ours[type].recall, output).toBeCloseTo(recall, decimals);
        expect(ours[type].fmeasure, output).toBeCloseTo(fmeasure, decimals);
      });
    }
  });

  it.each(metricGolden('corpora'))('of the corpus “$name” is the mean', ({ name, rouge: golden }) => {
    const each = examplesOf(name).map(({ output, references }) => rouge(output, references, { useStemmer }));
    const mean = meanRouge(each);
    for (const type of rougeTypes) {
      const [precision, recall, fmeasure] = golden[useStemmer ? 1 : 0]![type];
      expect(mean[type].precision).toBeCloseTo(precision, decimals);
      expect(mean[type].recall).toBeCloseTo(recall, decimals);
      expect(mean[type].fmeasure).toBeCloseTo(fmeasure, decimals);
    }
  });
});

it('takes the same one of several common subsequences as rouge_score', () => {
  for (const { output, reference, score } of metricGolden('summaries')) {
    const { precision, recall, fmeasure } = rougeScore('rougeLsum', output, [reference]);
    const [wantedPrecision, wantedRecall, wantedF] = score;
    expect(precision, output).toBeCloseTo(wantedPrecision, decimals);
    expect(recall, output).toBeCloseTo(wantedRecall, decimals);
    expect(fmeasure, output).toBeCloseTo(wantedF, decimals);
  }
});

it('refuses an example without references and the mean of none', () => {
  expect(() => rouge('a', [])).toThrow(expect.objectContaining({ code: 'no-references' }));
  expect(() => meanRouge([])).toThrow(expect.objectContaining({ code: 'no-examples' }));
});

it('stems words as NLTK does', () => {
  const { words, stems } = metricGolden('stems');
  const pairs = words.split(' ').map((word) => [word, porterStem(word)]);
  const wanted = stems.split(' ');
  expect(pairs).toEqual(words.split(' ').map((word, i) => [word, wanted[i]]));
});

it('finds common subsequences that both texts have', () => {
  const words = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 });
  fc.assert(
    fc.property(words, words, (a, b) => {
      const positions = commonPositions(a, b);
      expect(positions).toEqual(positions.toSorted((x, y) => x - y));
      expect(positions).toHaveLength(commonLength(a, b));
      expect(commonLength(b, a)).toBe(commonLength(a, b));
      // Taking the earliest place of each word finds any subsequence.
      let from = 0;
      for (const position of positions) {
        const found = b.indexOf(a[position]!, from);
        expect(found).toBeGreaterThanOrEqual(0);
        from = found + 1;
      }
    }),
  );
});
