// The rows of the checkpoints' page and what two of them come to beside each other.

import { describe, expect, it } from 'vitest';
import { modelOfWeights, runReferenceOf, weightsIdOf } from '../../../renderer/lib/checkpoint-words.ts';
import { comparedFigures, differingSettings } from '../../../renderer/lib/model-comparison.ts';
import { filterRows, modelRows } from '../../../renderer/lib/model-rows.ts';
import type { Weights } from '../../../preload/contract.ts';
import { createFakeStudio, presets } from '../fake-studio.ts';

const weights: Weights = {
  id: 'w1',
  name: 'tiny stories',
  modelType: 'llama',
  parameterCount: 15_000_000,
  sizeBytes: 60e6,
  sourceName: 'stories15M',
  createdAtMs: 1_000,
};

async function rows() {
  const studio = createFakeStudio();
  studio.addRun('amber-loom', 'finished', 300);
  studio.addRun('olive-reed', 'finished', 100);
  const checkpoints = await studio.call('checkpoints.list', {});
  const runs = await studio.call('runs.list', {});
  const marked = checkpoints.map((one) => (one.step === 200 ? { ...one, isMarked: true } : one));
  return modelRows(marked, [weights], new Map(runs.map((run) => [run.id, run])));
}

describe('the rows', () => {
  it('hold every checkpoint and all opened weights, the oldest last', async () => {
    const all = await rows();
    expect(all.map(({ name }) => name).sort()).toEqual([
      'amber-loom, step 100',
      'amber-loom, step 200',
      'amber-loom, step 300',
      'olive-reed, step 100',
      'tiny stories',
    ]);
    expect(all.at(-1)).toMatchObject({ reference: 'weights:w1', step: null, marks: ['opened'] });
  });

  it('say what is best, last and kept of each run', async () => {
    const marks = new Map((await rows()).map(({ name, marks: found }) => [name, found]));
    expect(marks.get('amber-loom, step 300')).toEqual(['best', 'last']);
    expect(marks.get('amber-loom, step 200')).toEqual(['kept']);
    expect(marks.get('amber-loom, step 100')).toEqual([]);
    expect(marks.get('olive-reed, step 100')).toEqual(['best', 'last']);
  });

  it('call a checkpoint of a run that is gone what it is', async () => {
    const studio = createFakeStudio();
    studio.addRun('amber-loom', 'finished', 100);
    const [row] = modelRows(await studio.call('checkpoints.list', {}), [], new Map());
    expect(row).toMatchObject({ name: 'A removed run, step 100', run: null, parameterCount: null });
  });

  it('are narrowed by words, run and kind', async () => {
    const all = await rows();
    const names = (part: Partial<Parameters<typeof filterRows>[1]>) =>
      filterRows(all, { words: '', runId: null, mark: null, ...part }).map(({ name }) => name);
    expect(names({ words: 'AMBER best' })).toEqual(['amber-loom, step 300']);
    expect(names({ words: 'stories15M' })).toEqual(['tiny stories']);
    expect(names({ runId: 'run-2' })).toEqual(['olive-reed, step 100']);
    expect(names({ mark: 'opened' })).toEqual(['tiny stories']);
    expect(names({ words: 'nothing like it' })).toEqual([]);
  });
});

describe('a reference', () => {
  it.each([
    ['run-1', { runId: 'run-1', which: 'best' }],
    ['run-1@last', { runId: 'run-1', which: 'last' }],
    ['run-1@500', { runId: 'run-1', which: '500' }],
    ['weights:w1', null],
    ['', null],
  ])('%s means %j', (reference, meaning) => expect(runReferenceOf(reference)).toEqual(meaning));

  it('of weights carries their id', () => {
    expect(weightsIdOf('weights:w1')).toBe('w1');
    expect(weightsIdOf('run-1@last')).toBeNull();
    expect(modelOfWeights(weights).reference).toBe('weights:w1');
  });
});

describe('two models', () => {
  it('are compared figure by figure, with the lower loss as the better', async () => {
    const all = await rows();
    const at = (name: string) => all.find((row) => row.name === name)!;
    const figures = comparedFigures([at('amber-loom, step 300'), at('amber-loom, step 100')]);
    expect(figures.find(({ label }) => label === 'Step')).toMatchObject({
      words: ['300', '100'],
      change: '−200',
    });
    expect(figures.find(({ label }) => label === 'Validation loss')!.best).toBe(0);
    expect(figures.find(({ label }) => label === 'Size')).toMatchObject({ change: '', best: null });
  });

  it('show an en dash and no better one where a figure is not known', async () => {
    const all = await rows();
    const loss = comparedFigures([all[0]!, all.at(-1)!]).find(({ label }) => label === 'Validation loss')!;
    expect(loss.words[1]).toBe('–');
    expect(loss.best).toBeNull();
    expect(loss.change).toBe('');
  });

  it('tell the settings that differ, of opened weights only those of the model', async () => {
    const all = await rows();
    const run = all.find(({ checkpoint }) => checkpoint)!;
    const { settings } = presets[0]!;
    const other = { ...settings, training: { ...settings.training, learningRate: 0.5 } };
    const differing = differingSettings([settings, other], [run, run]);
    expect(differing.map(({ path }) => path)).toEqual(['training.learningRate']);
    const told = { ...other, model: { ...settings.model, hiddenSize: 256 } };
    const outside = differingSettings([settings, told], [run, all.at(-1)!]);
    expect(outside.map(({ path }) => path)).toEqual(['model.hiddenSize']);
    expect(differingSettings([settings, 'no settings'], [run, run])).toEqual([]);
  });
});
