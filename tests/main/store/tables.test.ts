// The tables by what is put in and comes out.

import { mkdirSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { openStore, type Store } from '../../../main/store/store.ts';
import { tempFolder } from '../temp-folder.ts';
import { newDataset, newRun } from './records.ts';

const temp = tempFolder();
let store: Store;

beforeEach(() => {
  const home = temp.path('home');
  mkdirSync(home);
  store = openStore(home);
  store.datasets.insert(newDataset('d', { kind: 'table', columns: ['text', 'label'], textColumn: 'text' }));
  store.runs.insert(newRun('r', 'd'));
});

describe('datasets', () => {
  it('come back as they were', () => {
    expect(store.datasets.get('d')).toEqual(
      newDataset('d', { kind: 'table', columns: ['text', 'label'], textColumn: 'text' }),
    );
    expect(store.datasets.findSame({ contentHash: 'hash d', kind: 'table', textColumn: 'text' })?.id).toBe(
      'd',
    );
    expect(store.datasets.findSame({ contentHash: 'hash d', kind: 'table', textColumn: 'label' })).toBeNull();
  });

  it('that a run needs cannot be removed', () => {
    expect(store.datasets.runNames('d')).toEqual(['run r']);
    expect(() => store.datasets.remove('d')).toThrow(/FOREIGN KEY/);
  });
});

describe('runs', () => {
  it('change by field and are found by id or name', () => {
    const error = { code: 'c', message: 'm', hint: 'h' };
    store.runs.update('r', { state: 'failed', error, trainLoss: 1.5 });
    expect(store.runs.find('run r')).toEqual(newRun('r', 'd', { state: 'failed', error, trainLoss: 1.5 }));
    expect(() => store.runs.update('r', { state: 'dancing' as 'failed' })).toThrow(/CHECK/);
  });

  it('take everything of theirs with them', () => {
    store.metrics.add('r', [{ step: 1, epoch: 0, timeMs: 1, values: { 'train/loss': 1 } }]);
    store.queue.add({ runId: 'r', device: { device: 'cpu', adapter: '', threads: 0 }, stopAtStep: null });
    store.runs.remove('r');
    expect(store.metrics.list('r', -1)).toEqual([]);
    expect(store.queue.first()).toBeNull();
  });
});

describe('metrics', () => {
  it('of one step are one point, whatever came when, and are never doubled', () => {
    store.metrics.add('r', [{ step: 1, epoch: 0.1, timeMs: 5, values: { 'train/loss': 2 } }]);
    store.metrics.add('r', [
      { step: 1, epoch: 0.1, timeMs: 7, values: { 'eval/loss': 3, 'train/loss': 2.5 } },
      { step: 2, epoch: 0.2, timeMs: 9, values: { 'train/loss': 1 } },
    ]);
    expect(store.metrics.list('r', -1)).toEqual([
      { step: 1, epoch: 0.1, timeMs: 7, values: { 'train/loss': 2.5, 'eval/loss': 3 } },
      { step: 2, epoch: 0.2, timeMs: 9, values: { 'train/loss': 1 } },
    ]);
    expect(store.metrics.list('r', 1).map(({ step }) => step)).toEqual([2]);
    store.metrics.cutAfter('r', 1);
    expect(store.metrics.list('r', -1).map(({ step }) => step)).toEqual([1]);
  });
});

describe('the queue', () => {
  const device = { device: 'webgpu' as const, adapter: 'x', threads: 3 };

  it('keeps its order, and who is put first is first', () => {
    for (const id of ['a', 'b', 'c']) store.runs.insert(newRun(id, 'd'));
    store.queue.add({ runId: 'a', device, stopAtStep: 5 });
    store.queue.add({ runId: 'b', device, stopAtStep: null });
    store.queue.add({ runId: 'a', device, stopAtStep: 9 });
    expect(store.queue.first()).toEqual({ runId: 'a', device, stopAtStep: 5 });
    store.queue.addFirst({ runId: 'c', device, stopAtStep: null });
    expect(store.queue.first()?.runId).toBe('c');
    expect([store.queue.remove('c'), store.queue.remove('c')]).toEqual([true, false]);
    expect(store.queue.first()?.runId).toBe('a');
  });
});

it('a transaction that fails changes nothing', () => {
  expect(() =>
    store.transaction(() => {
      store.runs.update('r', { step: 7 });
      throw new Error('no');
    }),
  ).toThrow('no');
  expect(store.runs.get('r')?.step).toBe(0);
});
