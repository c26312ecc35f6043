// @vitest-environment happy-dom
// The stores of what lies in the home: preferences, datasets, checkpoints, tokenizers, weights, operations, the
// queue and what comes in, against an invented studio.

import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it } from 'vitest';
import { setBridge } from '../../../renderer/bridge.ts';
import { startTheme } from '../../../renderer/composables/useTheme.ts';
import { useCheckpointsStore } from '../../../renderer/stores/checkpoints.ts';
import { useDatasetsStore } from '../../../renderer/stores/datasets.ts';
import { useIncomingStore } from '../../../renderer/stores/incoming.ts';
import { useOperationsStore } from '../../../renderer/stores/operations.ts';
import { usePreferencesStore } from '../../../renderer/stores/preferences.ts';
import { useQueueStore } from '../../../renderer/stores/queue.ts';
import { useRunsStore } from '../../../renderer/stores/runs.ts';
import { useToastsStore } from '../../../renderer/stores/toasts.ts';
import { useTokenizersStore } from '../../../renderer/stores/tokenizers.ts';
import { useWeightsStore } from '../../../renderer/stores/weights.ts';
import { createFakeStudio, type FakeStudio } from '../fake-studio.ts';

let studio: FakeStudio;
const failure = { code: 'disk-full', message: 'The disk is full.', hint: 'Free some.' };
const inputOf = (name: string): unknown => studio.asked.findLast((one) => one.name === name)?.input;

beforeEach(() => {
  studio = createFakeStudio();
  setBridge(studio);
  setActivePinia(createPinia());
  localStorage.clear();
  startTheme();
});

describe('preferences', () => {
  it('are painted at once, kept, and hinted at for the next first paint', async () => {
    const store = usePreferencesStore();
    await store.load();
    const changed = store.change({ theme: 'light' });
    expect(document.documentElement.dataset['theme']).toBe('light');
    await changed;
    expect(inputOf('preferences.change')).toEqual({ theme: 'light' });
    expect(localStorage.getItem('heddle.theme')).toBe('light');
  });

  it('are taken back when they are refused', async () => {
    const store = usePreferencesStore();
    await store.change({ theme: 'dark' });
    studio.failNext('preferences.change', failure);
    await store.change({ theme: 'light' });
    expect(store.preferences.theme).toBe('dark');
    expect(document.documentElement.dataset['theme']).toBe('dark');
    expect(useToastsStore().toasts[0]!.text).toContain('Free some.');
  });

  it('follow another page of the same studio', async () => {
    const store = usePreferencesStore();
    await store.load();
    studio.emit('preferences.changed', { ...store.preferences, theme: 'light', smoothing: 0.2 });
    expect(store.preferences.smoothing).toBe(0.2);
    expect(document.documentElement.dataset['theme']).toBe('light');
  });

  it('remember one page without forgetting another', async () => {
    const store = usePreferencesStore();
    await store.rememberPage('runs', { columns: ['loss'] });
    await store.rememberPage('new', { step: 2 });
    expect(store.page('runs')).toEqual({ columns: ['loss'] });
    expect(store.page('new')).toEqual({ step: 2 });
  });

  it('decide the device that a run is begun with', async () => {
    await usePreferencesStore().change({ device: { device: 'cpu', adapter: '', threads: 3 } });
    await useRunsStore().trainOnSample();
    expect(inputOf('runs.create')).toMatchObject({ device: { device: 'cpu', threads: 3 } });
  });
});

describe('datasets', () => {
  it('are listed, renamed and removed, and follow events', async () => {
    const store = useDatasetsStore();
    const { id } = await store.sample();
    await store.load();
    expect(store.datasets.map(({ name }) => name)).toEqual(['Sample stories']);
    await store.rename(id, 'Tales');
    expect(store.byId.get(id)!.name).toBe('Tales');
    studio.emit('dataset.removed', { datasetId: id });
    expect(store.datasets).toEqual([]);
  });

  it('stay when their removal is refused', async () => {
    const store = useDatasetsStore();
    const { id } = await store.sample();
    studio.failNext('datasets.remove', failure);
    await expect(store.remove(id)).rejects.toThrow('The disk is full.');
    expect(store.byId.has(id)).toBe(true);
  });

  it('that were removed while the connection was broken are gone after it', async () => {
    const store = useDatasetsStore();
    await store.sample();
    studio.setConnected(false);
    studio.home.datasets.clear();
    studio.setConnected(true);
    await new Promise((resolve) => setTimeout(resolve));
    expect(store.datasets).toEqual([]);
  });
});

describe('checkpoints', () => {
  it('of all runs are listed and follow training and removal', async () => {
    const { id } = studio.addRun('amber-loom', 'running', 150);
    const store = useCheckpointsStore();
    await store.load();
    expect(store.checkpoints.map(({ step }) => step)).toEqual([100]);
    studio.advance(100);
    expect(store.byRun(id).map(({ step, isBest }) => [step, isBest])).toEqual([
      [200, true],
      [100, false],
    ]);
    await store.mark(store.byRun(id)[1]!, true);
    expect(store.byRun(id)[1]!.isMarked).toBe(true);
    await store.remove(store.byRun(id)[1]!);
    expect(store.checkpoints).toHaveLength(1);
    studio.emit('run.removed', { runId: id });
    expect(store.checkpoints).toEqual([]);
  });
});

describe('tokenizers and weights', () => {
  it('are listed and follow events', async () => {
    const tokenizers = useTokenizersStore();
    await tokenizers.load();
    const tokenizer = {
      id: 't',
      name: 'Tales 512',
      kind: 'byte-level-bpe' as const,
      vocabSize: 512,
      bytesPerToken: 2.4,
      datasetId: null,
      hash: 'aa',
      createdAtMs: 1,
    };
    studio.emit('tokenizer.updated', tokenizer);
    expect(tokenizers.list).toEqual([tokenizer]);
    studio.emit('tokenizer.removed', { tokenizerId: 't' });
    expect(tokenizers.list).toEqual([]);
  });

  it('are opened from tickets, under an operation that can be ended', async () => {
    const weights = useWeightsStore();
    const [ticket] = await studio.choose({ kind: 'weights', isFolder: true });
    const opened = await weights.open([ticket!]);
    expect(inputOf('weights.open')).toMatchObject({
      sources: ['ticket:chosen weights'],
      operationId: expect.stringMatching(/^page-/) as unknown,
    });
    expect(weights.list).toEqual([opened]);
    await weights.remove(opened.id);
    expect(weights.list).toEqual([]);
  });
});

describe('an operation', () => {
  it('is heard of while it runs, can be ended once, and goes with its work', async () => {
    const store = useOperationsStore();
    let end = (): void => undefined;
    const work = store.run('Importing', () => new Promise<void>((resolve) => (end = resolve)));
    const { id } = store.active[0]!;
    studio.emit('progress', { operationId: id, title: 'Importing a.txt', value: 0.5 });
    studio.emit('progress', { operationId: 'another', title: 'Else', value: 0.1 });
    expect(store.active).toMatchObject([{ title: 'Importing a.txt', value: 0.5, isEnding: false }]);
    expect(store.active[0]!.etaMs).toBeGreaterThanOrEqual(0);
    await store.cancel(id);
    await store.cancel(id);
    expect(studio.asked.filter(({ name }) => name === 'operations.cancel')).toHaveLength(1);
    end();
    await work;
    expect(store.active).toEqual([]);
  });

  it('goes when its work fails', async () => {
    const store = useOperationsStore();
    await expect(store.run('Importing', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(store.active).toEqual([]);
  });
});

describe('the queue', () => {
  it('is in order and can be changed', async () => {
    const ids = ['a-b', 'c-d', 'e-f'].map((name) => studio.addRun(name, 'queued', 0).id);
    const store = useQueueStore();
    await store.load();
    expect(store.runIds).toEqual(ids);
    await store.move(ids[2]!, 0);
    expect(store.runIds).toEqual([ids[2], ids[0], ids[1]]);
  });
});

describe('what comes in', () => {
  const drop = (...names: string[]): DataTransfer => {
    const files = names.map((name) => new File(['x'], name));
    return { files, items: [] } as unknown as DataTransfer;
  };

  it('is data, or weights where a file is one of a model', async () => {
    const store = useIncomingStore();
    expect(await store.takeDrop(drop('tale.txt', 'more.csv'))).toMatchObject({ kind: 'data' });
    expect(await store.takeDrop(drop('config.json', 'model.safetensors'))).toMatchObject({ kind: 'weights' });
  });

  it('is taken once; what nobody took is released', async () => {
    const store = useIncomingStore();
    await store.choose('data', false);
    await store.choose('data', true);
    expect(inputOf('tickets.release')).toEqual({ tickets: ['ticket:chosen data'] });
    expect(store.take()).toMatchObject({ kind: 'data', tickets: [{ isFolder: true }] });
    expect(store.take()).toBeNull();
  });

  it('is nothing when nothing was chosen', async () => {
    const store = useIncomingStore();
    expect(await store.takeDrop(drop())).toBeNull();
    expect(store.current).toBeNull();
  });
});
