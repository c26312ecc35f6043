// Evaluations and what tasks added to runs and samples, by what is put in and comes out, also of an older schema.

import Database from 'better-sqlite3';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import type { ScoredExample } from '../../../preload/contract.ts';
import type { KeptEvaluation } from '../../../main/store/evaluations.ts';
import { migrate, migrations } from '../../../main/store/migrations.ts';
import { openStore, type Store } from '../../../main/store/store.ts';
import { tempFolder } from '../temp-folder.ts';
import { newDataset, newRun } from './records.ts';

const temp = tempFolder();
let store: Store;

const evaluation: KeptEvaluation = {
  id: 'e',
  createdAtMs: 5,
  checkpoint: {
    reference: 'r@7',
    runId: 'r',
    step: 7,
    path: '/x',
    evalLoss: null,
    isBest: false,
    isMarked: false,
    sizeBytes: 1,
    createdAtMs: 1,
  },
  label: 'run r, step 7',
  task: 'classify',
  datasetId: 'd',
  datasetName: 'dataset d',
  metrics: { accuracy: 0.5, f1: 0.25 },
  tokenCount: 9,
  exampleCount: 4,
  byteCount: 0,
  topK: 5,
  length: 16,
  stride: 16,
  signatures: { bleu: 'nrefs:1' },
  confusion: { labels: ['a', 'b'], counts: [[1, 2], [0, 1]] }, // prettier-ignore
  bleuTokenizer: 'char',
  durationMs: 12.5,
};

const scored = (index: number, score: number): ScoredExample => ({
  index,
  input: `input ${index}`,
  target: 'a',
  output: 'b',
  score,
});
const examples = [scored(3, 0.5), scored(10, 0), scored(17, 1), scored(24, 0.5)];

beforeEach(() => {
  const home = temp.path('home');
  mkdirSync(home);
  store = openStore(home);
  store.datasets.insert(newDataset('d'));
  store.runs.insert(newRun('r', 'd'));
  store.transaction(() => store.evaluations.insert(evaluation, examples));
});

it('an evaluation comes back as it was, in lists without what only scoring needs', () => {
  expect(store.evaluations.get('e')).toEqual(evaluation);
  const { bleuTokenizer, ...listed } = evaluation;
  expect(bleuTokenizer).toBe('char');
  const none = { ...evaluation, id: 'f', createdAtMs: 6, confusion: null };
  store.evaluations.insert(none, []);
  expect(store.evaluations.list()).toEqual([{ ...listed, id: 'f', createdAtMs: 6, confusion: null }, listed]);
});

it('examples come by score or in the order of the data, a page at a time', () => {
  const page = (order: 'worst' | 'best', offset = 0, limit = 10) =>
    store.evaluations.examples('e', { offset, limit, order }).map(({ index }) => index);
  expect(page('worst')).toEqual([10, 3, 24, 17]);
  expect(page('best')).toEqual([17, 3, 24, 10]);
  expect(page('worst', 1, 2)).toEqual([3, 24]);
  expect(store.evaluations.exampleCount('e')).toBe(4);
  expect(store.evaluations.allExamples('e')).toEqual(examples);
});

it('an evaluation outlives its run and its dataset, and takes its examples with it', () => {
  store.runs.remove('r');
  store.datasets.remove('d');
  expect(store.evaluations.get('e')).toEqual({ ...evaluation, datasetId: null });
  store.evaluations.remove('e');
  expect(store.evaluations.get('e')).toBeNull();
  expect(store.evaluations.exampleCount('e')).toBe(0);
});

it('samples keep their examples', () => {
  const sample = { step: 1, prompt: 'p', text: 't', timeMs: 3 };
  const shown = [{ input: 'a loom', target: 'ein Webstuhl', output: 'ein Stuhl' }];
  store.samples.add('r', { ...sample, examples: shown });
  store.samples.add('r', { ...sample, step: 2, examples: [] });
  expect(store.samples.list('r')).toEqual([
    { ...sample, examples: shown },
    { ...sample, step: 2, examples: [] },
  ]);
});

it('runs and samples of the schema before tasks are text, trained in full, without examples', () => {
  const home = temp.path('old');
  mkdirSync(home);
  const database = new Database(join(home, 'heddle.db'));
  migrate(database, home, migrations.slice(0, 2));
  database.exec(`
    INSERT INTO datasets VALUES ('d', 'd', 'text', '[]', '', 1, 1, 1, 'h', 's', 1);
    INSERT INTO runs (id, name, state, phase, dataset_id, dataset_name, color, created_at_ms, step, total_steps,
      epoch, total_epochs, parameter_count, memory_bytes, device_name)
      VALUES ('r', 'r', 'paused', '', 'd', 'd', 0, 1, 2, 2, 1, 1, 1, 1, '');
    INSERT INTO samples (run_id, step, prompt, text, time_ms) VALUES ('r', 2, 'p', 't', 9);
  `);
  database.close();
  const old = openStore(home);
  expect(old.runs.get('r')).toMatchObject({ task: 'text', method: 'full', kind: 'pretrain' });
  expect(old.samples.list('r')).toEqual([{ step: 2, prompt: 'p', text: 't', examples: [], timeMs: 9 }]);
  expect(old.evaluations.list()).toEqual([]);
  old.close();
});
