// What tasks are measured by, as the page says it: units, direction, which is the best, and what examples are.

import { describe, expect, it } from 'vitest';
import { exampleRows } from '../../../renderer/lib/example-words.ts';
import { runFigures } from '../../../renderer/lib/run-figures.ts';
import { resultRows } from '../../../renderer/lib/comparison.ts';
import { bestByWords, mainMetric, metricOfKey } from '../../../renderer/lib/task-metrics.ts';
import { withPoints } from '../../../renderer/lib/charts/live-series.ts';
import { withTask } from '../../../engine/config.ts';
import { withValue } from '../../../renderer/lib/draft-changes.ts';
import { createFakeStudio, presets } from '../fake-studio.ts';

const { settings } = presets[0]!;
const series = (key: string, ...values: number[]) =>
  withPoints(
    new Map(),
    values.map((value, index) => ({ step: index + 1, epoch: 0, timeMs: 0, values: { [key]: value } })),
  );

describe('a metric', () => {
  it('is read in its unit: shares as percent, BLEU from 0 to 100', () => {
    expect(metricOfKey('eval/accuracy')!.words(0.7241)).toBe('72.4 %');
    expect(metricOfKey('eval/bleu')!.words(31.26)).toBe('31.3');
    expect(metricOfKey('eval/loss')).toBeUndefined();
  });

  it('judges a task first', () => {
    expect(mainMetric('text')).toBeNull();
    expect(mainMetric('translate')!.name).toBe('bleu');
    expect(mainMetric('classify')!.name).toBe('accuracy');
  });

  it('stands in the place of the perplexity, and is better when it rises', () => {
    const run = { ...createFakeStudio().addRun('amber-loom', 'running', 2), bestStep: 2 };
    const figure = runFigures({ ...run, task: 'translate' }, null, series('eval/bleu', 20, 26.5), null)[2]!;
    expect(figure).toMatchObject({
      label: 'Validation BLEU',
      value: '26.5',
      note: '+6.5 · best',
      tone: 'good',
    });
    expect(runFigures(run, null, new Map(), null)[2]!.label).toBe('Validation perplexity');
  });

  it('is a row of a comparison where a run has it, the highest best', () => {
    const studio = createFakeStudio();
    const runs = ['one', 'two'].map((name) => studio.addRun(name, 'finished', 1));
    const best = (runId: string, key: string) =>
      key === 'eval/accuracy' ? (runId === runs[1]!.id ? 0.9 : 0.8) : null;
    const [row] = resultRows(runs, 0, best);
    expect(row).toMatchObject({ id: 'eval/accuracy', label: 'Best accuracy' });
    expect(row!.cells.map(({ words, isBest, tone }) => [words, isBest, tone])).toEqual([
      ['80.0 %', false, 'plain'],
      ['90.0 %', true, 'good'],
    ]);
    expect(resultRows(runs, 0).some(({ id }) => id.startsWith('eval/'))).toBe(false);
  });

  it('names by which figure the best was chosen', () => {
    const translate = withTask(settings, 'translate');
    expect(bestByWords(settings)).toBe('the lowest validation loss');
    expect(bestByWords(withValue(translate, 'training.metricForBestModel', 'bleu'))).toBe('the highest BLEU');
    expect(bestByWords(withValue(translate, 'training.metricForBestModel', 'loss'))).toBe(
      'the lowest validation loss',
    );
  });
});

describe('examples', () => {
  const wrong = { input: 'a', target: 'good', output: 'bad' };
  it('of classes are right or wrong; another translation is neither', () => {
    expect(exampleRows([wrong], 'classify')[0]!.isRight).toBe(false);
    expect(exampleRows([wrong], 'translate')[0]!.isRight).toBeNull();
    expect(exampleRows([{ ...wrong, output: ' good ' }], 'translate')[0]!.isRight).toBe(true);
  });
});
