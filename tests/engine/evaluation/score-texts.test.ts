// All scores of texts together: equal to the programs they are held against, each example in its place.
import { describe, expect, it } from 'vitest';
import { compareTexts } from '../../../engine/evaluation/compare-texts.ts';
import { scoreTexts, textStatistics, type TextExample } from '../../../engine/evaluation/score-texts.ts';
import { textMetric, textMetricNames } from '../../../engine/evaluation/text-metrics.ts';
import { sumStatistics } from '../../../engine/metrics/statistics.ts';
import { decimals, examplesOf, metricGolden, withoutHeddle } from '../metrics/goldens.ts';

const sentences = metricGolden('sentences');
const [all] = metricGolden('corpora');
const examples = examplesOf('all');

describe('scoreTexts', () => {
  const result = scoreTexts(examples);

  it('gives the scores and signatures of sacreBLEU and rouge_score', () => {
    const { bleu, chrf, rouge } = all!;
    expect(result.exampleCount).toBe(sentences.length);
    expect(result.scores.bleu).toBeCloseTo(bleu[0]!.score, decimals);
    expect(result.bleu.brevityPenalty).toBeCloseTo(bleu[0]!.brevityPenalty, decimals);
    expect(result.scores.chrf).toBeCloseTo(chrf[0]!.score, decimals);
    expect(result.scores.chrfPlusPlus).toBeCloseTo(chrf[2]!.score, decimals);
    for (const type of ['rouge1', 'rouge2', 'rougeL', 'rougeLsum'] as const)
      expect(result.scores[type]).toBeCloseTo(rouge[0]![type][2], decimals);
    const right = examples.filter(({ output, references }) => references.includes(output)).length;
    expect(right).toBeGreaterThan(0);
    expect(result.scores.exactMatch).toBeCloseTo(right / examples.length, 10);
    expect(withoutHeddle(result.signatures.bleu!)).toBe(bleu[0]!.signature);
    expect(withoutHeddle(result.signatures.chrfPlusPlus!)).toBe(chrf[2]!.signature);
    expect(result.signatures.rougeL).toBeUndefined();
  });

  it('scores each example and puts the worst first', () => {
    const order = result.examples.map(({ scores }) => scores.chrf);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(result.examples.map(({ index }) => index).toSorted((a, b) => a - b)).toEqual([
      ...sentences.keys(),
    ]);
    for (const { index, output, scores } of result.examples) {
      const golden = sentences[index]!;
      expect(output).toBe(golden.output);
      expect(scores.bleu, output).toBeCloseTo(golden.bleu[0]!, decimals);
      expect(scores.chrf, output).toBeCloseTo(golden.chrf[0]!, decimals);
      expect(scores.rougeL, output).toBeCloseTo(golden.rouge[0]![2]![2], decimals);
    }
  });

  it('takes the settings of each metric, and sorts by the metric that is asked for', () => {
    const lower = scoreTexts(examples, {
      lowercase: true,
      useStemmer: true,
      ignoreCase: true,
      sortBy: 'rougeL',
    });
    expect(lower.scores.bleu).toBeCloseTo(all!.bleu[4]!.score, decimals);
    expect(lower.scores.chrf).toBeCloseTo(all!.chrf[1]!.score, decimals);
    expect(lower.scores.rouge2).toBeCloseTo(all!.rouge[1]!.rouge2[2], decimals);
    expect(lower.scores.exactMatch).toBeGreaterThan(result.scores.exactMatch);
    const order = lower.examples.map(({ scores }) => scores.rougeL);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  });

  it('keeps the source of an example, and the order of equals', () => {
    const same = (source: string): TextExample => ({ source, references: ['rot'], output: 'blau' });
    const { examples } = scoreTexts([same('red'), same('crimson'), same('scarlet')]);
    expect(examples.map(({ source }) => source)).toEqual(['red', 'crimson', 'scarlet']);
  });

  it('gives every metric its maximum for outputs that are right', () => {
    const right = examples
      .map(({ references }) => ({ references, output: references[0]! }))
      .filter(({ output }) => /^[\x20-\x7e]{20,}$/.test(output));
    const { scores } = scoreTexts(right);
    for (const name of textMetricNames) expect(scores[name], name).toBeCloseTo(textMetric(name).maximum, 9);
  });

  it('refuses examples that cannot be scored', () => {
    expect(() => scoreTexts([])).toThrow(expect.objectContaining({ code: 'no-examples' }));
    expect(() => scoreTexts([{ references: [], output: 'a' }])).toThrow(
      expect.objectContaining({ code: 'no-references' }),
    );
  });
});

it('statistics of parts add up to the score of all', () => {
  const half = examples.length / 2;
  for (const name of textMetricNames) {
    const parts = [examples.slice(half), examples.slice(0, half)].map((part) =>
      sumStatistics(textStatistics(name, part)),
    );
    const whole = scoreTexts(examples).scores[name];
    expect(textMetric(name).scoreOf(sumStatistics(parts), {}), name).toBeCloseTo(whole, 9);
  }
});

describe('compareTexts', () => {
  const { references, systems } = metricGolden('bootstrap');
  const of = (system: number) =>
    systems[system]!.map((output, i) => ({ output, references: [references[i]!] }));

  it('compares by the metrics that are asked for', () => {
    const compared = compareTexts(of(0), of(1), { metrics: ['bleu', 'exactMatch'], samples: 50, seed: 3 });
    expect(Object.keys(compared)).toEqual(['bleu', 'exactMatch']);
    expect(compared.bleu!.signature).toContain('nrefs:1|bs:50|seed:3|case:mixed');
    expect(compared.exactMatch!.signature).toBeUndefined();
    for (const name of ['bleu', 'exactMatch'] as const) {
      expect(compared[name]!.baseline.score).toBeCloseTo(scoreTexts(of(0)).scores[name], 10);
      expect(compared[name]!.system.score).toBeCloseTo(scoreTexts(of(1)).scores[name], 10);
    }
  });

  it('compares by all metrics unless told', () => {
    expect(Object.keys(compareTexts(of(0), of(0), { samples: 2 }))).toEqual(textMetricNames);
  });

  it('refuses outputs for different examples', () => {
    const refused = expect.objectContaining({ code: 'unequal-examples' });
    expect(() => compareTexts(of(0), of(1).reverse())).toThrow(refused);
    expect(() => compareTexts(of(0), of(1).slice(1))).toThrow(refused);
    expect(() => compareTexts(of(0).slice(0, 5), of(1))).toThrow(refused);
  });
});
