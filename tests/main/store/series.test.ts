// Figures as charts read them: whole where they are few, else buckets that a plain loop over all points gives too.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeEach, describe, expect, it } from 'vitest';
import type { MetricPoint } from '../../../preload/contract.ts';
import { migrate, migrations } from '../../../main/store/migrations.ts';
import { openStore, type Store } from '../../../main/store/store.ts';
import { tempFolder } from '../temp-folder.ts';
import { newDataset, newRun } from './records.ts';

const temp = tempFolder();
let store: Store;

beforeEach(() => {
  const home = temp.path('home');
  mkdirSync(home);
  store = openStore(home);
  store.datasets.insert(newDataset('d'));
  for (const id of ['r', 'other']) store.runs.insert(newRun(id, 'd'));
});

const wave = (step: number): number => Math.sin(step * 1.7) + step / 100;
const pointAt = (step: number): MetricPoint => ({
  step,
  epoch: step / 10,
  timeMs: step * 5,
  values: { 'train/loss': wave(step), ...(step % 100 === 0 ? { 'eval/loss': step } : {}) },
});
const points = Array.from({ length: 1_000 }, (_, i) => pointAt(i + 1));

describe('a series', () => {
  beforeEach(() => {
    store.metrics.add('r', points);
    store.metrics.add('other', [{ ...pointAt(7), values: { 'train/loss': 99, only: 1 } }]);
  });

  it('of many points is minimum, maximum and mean of equally many steps', () => {
    const series = store.metrics.series('r', 'train/loss', { bucketCount: 30, fromStep: 101, toStep: 900 })!;
    // 800 steps in 30 buckets: 27 a bucket, and 17 in the last.
    const buckets = Array.from({ length: 30 }, (_, b) =>
      points.filter(({ step }) => step >= 101 + 27 * b && step < Math.min(901, 101 + 27 * (b + 1))),
    );
    expect(series.isWhole).toBe(false);
    expect(series.steps).toEqual(buckets.map((bucket) => bucket.at(-1)!.step));
    expect(series.epochs).toEqual(buckets.map((bucket) => bucket.at(-1)!.epoch));
    expect(series.timesMs).toEqual(buckets.map((bucket) => bucket.at(-1)!.timeMs));
    const valuesOf = (bucket: MetricPoint[]): number[] => bucket.map(({ values }) => values['train/loss']!);
    expect(series.minimums).toEqual(buckets.map((bucket) => Math.min(...valuesOf(bucket))));
    expect(series.maximums).toEqual(buckets.map((bucket) => Math.max(...valuesOf(bucket))));
    buckets.forEach((bucket, b) => {
      const mean = valuesOf(bucket).reduce((sum, value) => sum + value, 0) / bucket.length;
      expect(series.means[b]).toBeCloseTo(mean, 10);
    });
  });

  it('of few points is every point by itself', () => {
    expect(store.metrics.series('r', 'eval/loss', { bucketCount: 10 })).toEqual({
      key: 'eval/loss',
      steps: [100, 200, 300, 400, 500, 600, 700, 800, 900, 1000],
      epochs: [10, 20, 30, 40, 50, 60, 70, 80, 90, 100],
      timesMs: [500, 1000, 1500, 2000, 2500, 3000, 3500, 4000, 4500, 5000],
      minimums: [100, 200, 300, 400, 500, 600, 700, 800, 900, 1000],
      maximums: [100, 200, 300, 400, 500, 600, 700, 800, 900, 1000],
      means: [100, 200, 300, 400, 500, 600, 700, 800, 900, 1000],
      isWhole: true,
    });
  });

  it('with gaps leaves empty buckets out', () => {
    const far = Array.from({ length: 20 }, (_, i) => pointAt(10_001 + i));
    store.metrics.add('r', far);
    const series = store.metrics.series('r', 'train/loss', { bucketCount: 10 })!;
    // 10,020 steps in buckets of 1,002: the points lie in the first and in the last.
    expect(series.steps).toEqual([1_000, 10_020]);
  });

  it('of a key or range without figures is none', () => {
    expect(store.metrics.series('r', 'only', { bucketCount: 10 })).toBeNull();
    expect(store.metrics.series('r', 'train/loss', { bucketCount: 10, fromStep: 1_001 })).toBeNull();
    expect(store.metrics.keys('r')).toEqual(['eval/loss', 'train/loss']);
    expect(store.metrics.keys('nobody')).toEqual([]);
  });
});

it('points come page by page, the oldest first, whole', () => {
  store.metrics.add('r', points);
  const page = store.metrics.list('r', 98, 3);
  expect(page).toEqual([99, 100, 101].map(pointAt));
  expect(store.metrics.list('r', 101, 1)).toEqual([pointAt(102)]);
  expect(store.metrics.list('r', -1)).toEqual(points);
});

it('figures of an older schema are kept by the one that reads them by key', () => {
  const folder = temp.path('old');
  mkdirSync(folder);
  const database = new Database(join(folder, 'old.db'));
  migrate(database, folder, migrations.slice(0, 1));
  database.exec(`
    INSERT INTO datasets VALUES ('d', 'd', 'text', '[]', '', 1, 1, 1, 'h', 's', 1);
    INSERT INTO runs (id, name, state, phase, dataset_id, dataset_name, color, created_at_ms, step, total_steps,
      epoch, total_epochs, parameter_count, memory_bytes, device_name)
      VALUES ('r', 'r', 'paused', '', 'd', 'd', 0, 1, 2, 2, 1, 1, 1, 1, '');
    INSERT INTO metrics VALUES ('r', 1, 'b', 1.5, 0.1, 7), ('r', 1, 'a', 2.5, 0.1, 7), ('r', 2, 'a', 3.5, 0.2, 8);
  `);
  migrate(database, folder);
  expect(database.prepare('SELECT key, step, value, epoch, time_ms FROM metrics').raw().all()).toEqual([
    ['a', 1, 2.5, 0.1, 7],
    ['a', 2, 3.5, 0.2, 8],
    ['b', 1, 1.5, 0.1, 7],
  ]);
  database.pragma('foreign_keys = ON');
  database.prepare("DELETE FROM runs WHERE id = 'r'").run();
  expect(database.prepare('SELECT count(*) FROM metrics').pluck().get()).toBe(0);
  database.close();
});

describe('the queue', () => {
  const device = { device: 'cpu' as const, adapter: '', threads: 0 };

  it('is moved in, and goes on at its end', () => {
    for (const id of ['a', 'b', 'c', 'z']) store.runs.insert(newRun(id, 'd'));
    for (const runId of ['a', 'b', 'c']) store.queue.add({ runId, device, stopAtStep: null });
    expect(store.queue.move('c', 0)).toBe(true);
    expect(store.queue.runIds()).toEqual(['c', 'a', 'b']);
    store.queue.move('c', 99);
    expect(store.queue.runIds()).toEqual(['a', 'b', 'c']);
    store.queue.move('a', 1);
    store.queue.add({ runId: 'z', device, stopAtStep: null });
    expect(store.queue.runIds()).toEqual(['b', 'a', 'c', 'z']);
    store.queue.addFirst({ runId: 'r', device, stopAtStep: null });
    expect(store.queue.first()?.runId).toBe('r');
    expect(store.queue.move('other', 0)).toBe(false);
  });
});

describe('smaller tables', () => {
  it('keep preferences, and step times by device and shape', () => {
    expect(store.preferences.get('theme')).toBeUndefined();
    store.preferences.set('theme', 'dark');
    store.preferences.set('theme', { deep: [1] });
    expect(store.preferences.get('theme')).toEqual({ deep: [1] });
    const time = { deviceName: 'a', shape: 's', flopsPerStep: 1e9, stepMs: 2, measuredAtMs: 3 };
    store.stepTimes.put(time);
    store.stepTimes.put({ ...time, stepMs: 4, measuredAtMs: 5 });
    store.stepTimes.put({ ...time, shape: 't', measuredAtMs: 6 });
    store.stepTimes.put({ ...time, deviceName: 'b' });
    expect(store.stepTimes.list('a').map(({ shape, stepMs }) => [shape, stepMs])).toEqual([
      ['t', 2],
      ['s', 4],
    ]);
  });

  it('are sound', async () => expect(await store.integrityProblems()).toEqual([]));
});
