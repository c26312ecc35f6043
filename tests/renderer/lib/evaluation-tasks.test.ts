// What is measured for which task, what a model is evaluated for, and which evaluations a search finds.

import { describe, expect, it } from 'vitest';
import { taskNames } from '../../../engine/config.ts';
import { evaluationMetricSchema } from '../../../preload/contract.ts';
import { filterEvaluations, readEvaluationFilter } from '../../../renderer/lib/evaluation-filter.ts';
import { fittingMetrics, modelTask, resampledMetrics } from '../../../renderer/lib/evaluation-tasks.ts';
import { metricWords } from '../../../renderer/lib/metric-words.ts';
import { createFakeEvaluations, translationFigures } from '../fake-evaluations.ts';

describe('the figures of a task', () => {
  it('all have words, and all metrics of the contract belong to some task', () => {
    const used = new Set(taskNames.flatMap((task) => fittingMetrics(task, false)));
    expect([...used].sort()).toEqual([...evaluationMetricSchema.options].sort());
    expect(Object.keys(metricWords).sort()).toEqual([...evaluationMetricSchema.options].sort());
  });

  it('are resampled only where they are measured, and the quick ones need nothing written', () => {
    for (const task of taskNames) {
      const all = fittingMetrics(task, false);
      expect(all).toEqual(expect.arrayContaining([...resampledMetrics(task)]));
      expect(all).toEqual(expect.arrayContaining([...fittingMetrics(task, true)]));
    }
    expect(fittingMetrics('translate', true)).not.toContain('bleu');
  });
});

describe('the task of a model', () => {
  it('is that of its run, else what its form is used for', () => {
    expect(modelTask({ task: 'instruct', model: { modelType: 'gpt2' } })).toBe('instruct');
    expect(modelTask({ model: { modelType: 'llama' } })).toBe('text');
    expect(modelTask({ model: { modelType: 'bert' } })).toBe('mask');
    expect(modelTask({ task: 'juggle', model: { modelType: 't5' } })).toBe('seq2seq');
  });
});

describe('the evaluations that fit', () => {
  const { add } = createFakeEvaluations(() => undefined, {
    checkpoint: () => {
      throw new Error('no checkpoint is looked for');
    },
    datasetName: () => '',
  });
  const list = [add({}), add({ ...translationFigures, label: 'olive-reed, step 5' })];
  const found = (words: string, task: Parameters<typeof filterEvaluations>[1]['task'] = null) =>
    filterEvaluations(list, { words, task }).map(({ label }) => label);

  it('have all words somewhere, and the task', () => {
    expect(found('olive PHRASES')).toEqual(['olive-reed, step 5']);
    expect(found('translation')).toEqual(['olive-reed, step 5']);
    expect(found('', 'text')).toEqual(['amber-loom, step 100']);
    expect(found('olive', 'text')).toEqual([]);
  });

  it('are narrowed by what was remembered, if it makes sense', () => {
    expect(readEvaluationFilter({ words: 'a', task: 'mask' })).toEqual({ words: 'a', task: 'mask' });
    expect(readEvaluationFilter({ words: 3, task: 'juggle' })).toEqual({ words: '', task: null });
    expect(readEvaluationFilter(null)).toEqual({ words: '', task: null });
  });
});
