// Two evaluations beside each other: which is better, what is fair, and what may be said of chance.

import { describe, expect, it } from 'vitest';
import type { Evaluation } from '../../../preload/contract.ts';
import {
  chanceMetrics,
  chanceVerdict,
  chanceWords,
  comparedMetrics,
  measuredOtherwise,
  pairNames,
} from '../../../renderer/lib/evaluation-comparison.ts';
import { classFigures, createFakeEvaluations, translationFigures } from '../fake-evaluations.ts';

const { add } = createFakeEvaluations(() => undefined, {
  checkpoint: () => {
    throw new Error('no checkpoint is looked for');
  },
  datasetName: () => '',
});
const first = add({ ...translationFigures, label: 'old' });
const second = add({
  ...translationFigures,
  label: 'new',
  metrics: { ...translationFigures.metrics, bleu: 43.75, perplexity: 3 },
});
const pair = [first, second] as const;
const told = (values: readonly [number, number], pValue: number) => ({
  metric: 'bleu' as const,
  scores: values.map((value) => ({ value, low: value - 1, high: value + 1 })) as never,
  pValue,
  resamplings: 1_000,
  exampleCount: 250,
});

describe('two evaluations', () => {
  it('are told apart by which way a figure is better', () => {
    const figures = comparedMetrics(pair);
    const figure = (label: string) => figures.find((one) => one.label === label)!;
    expect(figure('BLEU')).toMatchObject({ words: ['41.25', '43.75'], change: '+2.50', best: 1 });
    expect(figure('Perplexity')).toMatchObject({ change: '+0.54', best: 0 });
    expect(figure('Loss')).toMatchObject({ change: '±0.0000', best: null });
  });

  it('have no better one where they were measured otherwise, and say why', () => {
    const other = (change: Partial<Evaluation>) => [first, { ...second, ...change }] as const;
    expect(measuredOtherwise(pair)).toBeNull();
    expect(measuredOtherwise(other({ datasetName: 'else' }))).toContain('different datasets');
    expect(measuredOtherwise(other({ exampleCount: 3 }))).toContain('amounts');
    expect(measuredOtherwise(other(classFigures))).toContain('different tasks');
    expect(comparedMetrics(other({ datasetName: 'else' })).every(({ best }) => best === null)).toBe(true);
  });

  it('of one model are told apart by their age, however they stand', () => {
    const same = [{ ...second, label: 'old' }, first] as const;
    expect(pairNames(pair)).toEqual(['old', 'new']);
    expect(pairNames(same)).toEqual(['old (later)', 'old (earlier)']);
  });

  it('can be told from chance by figures that examples are kept of', () => {
    expect(chanceMetrics(pair)).toEqual(['bleu', 'chrf', 'exact_match']);
    const classes = [add(classFigures), add(classFigures)] as const;
    expect(chanceMetrics(classes)).toEqual(['accuracy', 'f1', 'precision', 'recall']);
    expect(chanceMetrics([add({}), add({})])).toEqual([]);
    expect(chanceMetrics([first, add(classFigures)])).toEqual([]);
  });
});

describe('what is said of chance', () => {
  it('is in plain numbers', () => {
    expect([0.5, 0.03, 0.012, 0.004, 0.000_999].map(chanceWords)).toEqual([
      '50 of 100',
      '3 of 100',
      '12 of 1,000',
      '4 of 1,000',
      'at most 1 of 1,000',
    ]);
  });

  it('names the better one only where chance hardly explains it', () => {
    expect(chanceVerdict(told([41.25, 43.75], 0.03), pair)).toEqual({
      title: 'new is better by 2.50, hardly by chance',
      text: 'A difference this large would come by chance in 3 of 100 resamplings of the 250 examples.',
    });
    const unsure = chanceVerdict(told([41.25, 41.5], 0.4), pair);
    expect(unsure.title).toBe('new is ahead by 0.25, but chance could explain it');
    expect(unsure.text).toContain('More examples would tell.');
  });

  it('claims nothing of equal scores, however small the chance is', () => {
    const { title, text } = chanceVerdict(told([41.25, 41.25], 1 / 1_001), pair);
    expect(title).toBe('The same BLEU');
    expect(text).toBe('Both have the same score over 250 examples: there is no difference to explain.');
  });
});
