// What the list of runs leaves out, what a comparison says of results and settings, and what is written to files.

import { describe, expect, it } from 'vitest';
import { presets } from '../../../engine/models/presets.ts';
import type { RunSettings } from '../../../engine/config.ts';
import type { MetricSeries, RunSummary } from '../../../preload/contract.ts';
import { mainCharts, onlyKeys, seriesCsv } from '../../../renderer/lib/compare-charts.ts';
import { bestRun, comparisonCsv, resultRows } from '../../../renderer/lib/comparison.ts';
import { csvCell } from '../../../renderer/lib/csv.ts';
import { emptyFilter, filterRuns, isNarrow, readFilter } from '../../../renderer/lib/run-filter.ts';
import { removalWords } from '../../../renderer/lib/run-removal.ts';
import { flatSettings, settingsDiff } from '../../../renderer/lib/settings-diff.ts';
import { sampleAt, sampleSteps } from '../../../renderer/lib/stored-samples.ts';
import { createFakeStudio } from '../fake-studio.ts';

const studio = createFakeStudio();
const run = (name: string, more: Partial<RunSummary> = {}): RunSummary =>
  studio.addRun(name, 'finished', 0, more);
const settings: RunSettings = presets[0]!.settings;
const withRate = (learningRate: number, layers = settings.model.numHiddenLayers): RunSettings => ({
  ...settings,
  model: { ...settings.model, numHiddenLayers: layers },
  training: { ...settings.training, learningRate },
});

describe('the filter of the runs', () => {
  const list = [
    run('amber-loom', { tags: ['sweep'], isStarred: true }),
    run('blue-weft', { state: 'failed', note: 'Too fast a rate.' }),
    run('green-warp', { isArchived: true }),
    run('olive-reed', { kind: 'fine-tune', datasetId: 'other', datasetName: 'Plays' }),
  ];
  const names = (part: Partial<typeof emptyFilter>): string[] =>
    filterRuns(list, { ...emptyFilter, ...part }).map(({ name }) => name);

  it('leaves out what is archived unless it is asked for', () => {
    expect(names({})).toEqual(['amber-loom', 'blue-weft', 'olive-reed']);
    expect(names({ showsArchived: true })).toHaveLength(4);
  });

  it('finds every word in names, notes, tags and data', () => {
    expect(names({ text: 'RATE fast' })).toEqual(['blue-weft']);
    expect(names({ text: 'plays' })).toEqual(['olive-reed']);
    expect(names({ text: 'sweep loom' })).toEqual(['amber-loom']);
    expect(names({ text: 'sweep weft' })).toEqual([]);
  });

  it('takes any of the chosen states, kinds, datasets and tags, and all of the conditions', () => {
    expect(names({ states: ['failed', 'queued'] })).toEqual(['blue-weft']);
    expect(names({ kinds: ['fine-tune'], datasetIds: ['other'] })).toEqual(['olive-reed']);
    expect(names({ kinds: ['fine-tune'], isStarred: true })).toEqual([]);
    expect(names({ tags: ['sweep'], isStarred: true })).toEqual(['amber-loom']);
  });

  it('reads what was remembered with care', () => {
    expect(readFilter(null)).toEqual(emptyFilter);
    expect(readFilter({ text: 3, states: ['failed', 7], isStarred: 'yes' })).toEqual({
      ...emptyFilter,
      states: ['failed'],
    });
    expect(isNarrow({ ...emptyFilter, text: ' ', showsArchived: true })).toBe(false);
    expect(isNarrow({ ...emptyFilter, tags: ['sweep'] })).toBe(true);
  });
});

describe('results beside each other', () => {
  const list = [
    run('a', { bestEvalLoss: 2, tokensPerSecond: 100, activeMs: 60_000, step: 700 }),
    run('b', { bestEvalLoss: 1.5, tokensPerSecond: 80, activeMs: 90_000, step: 700 }),
    run('c', { bestEvalLoss: null, tokensPerSecond: 100, activeMs: 60_000, step: 200 }),
  ];
  const rows = resultRows(list, 0);
  const cells = (id: string) => rows.find((row) => row.id === id)!.cells;

  it('mark the lowest loss and the highest speed as best', () => {
    expect(cells('bestEvalLoss').map(({ isBest }) => isBest)).toEqual([false, true, false]);
    expect(cells('tokensPerSecond').map(({ isBest }) => isBest)).toEqual([true, false, true]);
    expect(cells('bestPerplexity').map(({ words }) => words)).toEqual(['7.39', '4.48', '–']);
  });

  it('say the difference from the baseline, and whether it is for the better', () => {
    expect(cells('bestEvalLoss').map(({ change, tone }) => [change, tone])).toEqual([
      ['', 'plain'],
      ['−0.500', 'good'],
      ['', 'plain'],
    ]);
    expect(cells('tokensPerSecond')[1]).toMatchObject({ change: '−20', tone: 'bad' });
    expect(cells('activeMs')[1]).toMatchObject({ change: '+0:30', tone: 'plain', exact: '90000 ms' });
    expect(cells('step')[2]).toMatchObject({ change: '−500', tone: 'plain' });
  });

  it('mark nothing where all are the same or only one is known', () => {
    expect(resultRows([list[0]!, list[0]!], 0)[0]!.cells.some(({ isBest }) => isBest)).toBe(false);
    expect(resultRows([list[0]!, list[2]!], 0)[0]!.cells.some(({ isBest }) => isBest)).toBe(false);
  });

  it('know the best run', () => {
    expect(bestRun(list)?.name).toBe('b');
    expect(bestRun([list[2]!])).toBeNull();
  });
});

describe('settings beside each other', () => {
  it('begin with those that differ and mark what is other than in the baseline', () => {
    const rows = settingsDiff([withRate(1e-3), withRate(3e-4), withRate(1e-3, 6)], 0);
    const differing = rows.filter(({ differs }) => differs);
    expect(rows.slice(0, 2)).toEqual(differing);
    expect(differing.map(({ key }) => key)).toEqual(['numHiddenLayers', 'learningRate']);
    expect(differing[1]!.cells.map(({ words, isOther }) => [words, isOther])).toEqual([
      ['1e-3', false],
      ['3e-4', true],
      ['1e-3', false],
    ]);
    expect(rows).toHaveLength(flatSettings(settings).length);
  });

  it('show a setting that a model does not have as an en dash', () => {
    const { modelType, ...rest } = settings.model;
    const llama = { ...rest, modelType: 'llama', ropeTheta: 10_000 } as RunSettings['model'];
    const rows = settingsDiff([settings, { ...settings, model: llama }], 0);
    const theta = rows.find(({ key }) => key === 'ropeTheta')!;
    expect(modelType).toBe('gpt2');
    expect(theta.differs).toBe(true);
    expect(theta.cells.map(({ words, isOther }) => [words, isOther])).toEqual([
      ['–', false],
      ['10,000', true],
    ]);
  });

  it('say nothing of a run whose settings are not known yet', () => {
    const rows = settingsDiff([withRate(1e-3), null], 0);
    expect(rows.some(({ differs }) => differs)).toBe(false);
    expect(rows[0]!.cells[1]).toMatchObject({ words: '–', isOther: false });
  });

  it('take numbers that print alike for the same', () => {
    expect(settingsDiff([withRate(0.3), withRate(0.1 + 0.2)], 0).some(({ differs }) => differs)).toBe(false);
  });
});

describe('as a file', () => {
  it('results and settings have a column a run, numbers in full', () => {
    const list = [run('plain', { bestEvalLoss: 1.23456789 }), run('=1+1', { bestEvalLoss: null })];
    const text = comparisonCsv(list, resultRows(list, 0), settingsDiff([withRate(1e-3), withRate(3e-4)], 0));
    const lines = text.split('\n');
    expect(lines[0]).toBe(",plain,'=1+1");
    expect(lines).toContain('bestEvalLoss,1.23456789,');
    expect(lines).toContain('training.learningRate,0.001,0.0003');
  });

  it('cells with commas, quotes and line breaks are quoted', () => {
    expect(csvCell('a,"b"\nc')).toBe('"a,""b""\nc"');
    expect(csvCell(null)).toBe('');
  });

  it('curves of all runs stand under each other; the main charts are held-out data', () => {
    const series = (key: string): MetricSeries => ({
      key,
      steps: [100],
      epochs: [1],
      timesMs: [0],
      minimums: [1],
      maximums: [1],
      means: [1],
      isWhole: true,
    });
    const keys = ['train/loss', 'eval/loss', 'eval/perplexity', 'perf/tokens_per_second'];
    const chartRun = {
      runId: 'x',
      name: 'x',
      color: 0,
      isBaseline: false,
      isLive: false,
      isAncestor: false,
      startedAtMs: 0,
      tokensPerStep: 0,
      totalSteps: 0,
      series: new Map(keys.map((key) => [key, series(key)])),
      marks: [],
      bestStep: null,
    };
    const main = mainCharts([chartRun]);
    expect(main.keys).toEqual(['eval/loss', 'eval/perplexity']);
    expect(main.count).toBe(4);
    const young = { ...chartRun, series: new Map([['train/loss', series('train/loss')]]) };
    expect(mainCharts([chartRun, young]).keys).toEqual(['eval/loss', 'train/loss']);
    const fast = series('perf/tokens_per_second');
    const never = { ...young, series: new Map([...young.series, [fast.key, fast]]) };
    expect(mainCharts([never])).toEqual({ keys: ['train/loss'], count: 2 });
    const narrowed = onlyKeys([chartRun], main.keys);
    expect([...narrowed[0]!.series.keys()].sort()).toEqual(main.keys);
    expect(onlyKeys([chartRun], main.keys)[0]).toBe(narrowed[0]);
    expect(seriesCsv([chartRun]).trim().split('\n')).toHaveLength(5);
    expect(seriesCsv([])).toBe('');
  });
});

describe('a question before deleting', () => {
  it('names what goes and what stays', () => {
    const gone = run('amber-loom');
    expect(removalWords([gone], [{ sizeBytes: 4e6 }], [{ name: 'blue-weft' }])).toBe(
      'amber-loom: curves, samples, events and 1 checkpoint of 4.0 MB are deleted for good. ' +
        'blue-weft, which began from it, stays. Archiving hides a run and keeps everything.',
    );
    const many = Array.from({ length: 9 }, (_, index) => run(`run-${index}`));
    expect(removalWords(many, [], [])).toContain('run-5, 3 more: curves, samples and events are');
  });
});

describe('stored samples', () => {
  const at = (step: number) => ({ step, prompt: '', text: `text ${step}`, examples: [], timeMs: 0 });
  it('are found by the step of any of the runs', () => {
    expect(
      sampleSteps([
        [at(100), at(200)],
        [at(50), at(200)],
      ]),
    ).toEqual([50, 100, 200]);
    expect(sampleAt([at(100), at(200)], 150)?.text).toBe('text 100');
    expect(sampleAt([at(100)], 50)).toBeNull();
  });
});
