// All runs by their summaries, newest first, kept up to date by events; and everything that can be asked of a
// run. Details and figures of an opened run are in stores of their own.

import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import { presetsFor, settingsOfCard, smallestPreset } from '../../engine/config.ts';
import type { CallInput, Failure, RunLabels, RunSummary, SampleDataset } from '../../preload/contract.ts';
import { useBridge } from '../bridge.ts';
import { draftFromSource } from '../lib/draft.ts';
import { failureOf } from '../lib/failure.ts';
import { useConnectionStore } from './connection.ts';
import { useDatasetsStore } from './datasets.ts';
import { useLiveBeatStore } from './live-beat.ts';
import { usePreferencesStore } from './preferences.ts';

export const useRunsStore = defineStore('runs', () => {
  const bridge = useBridge();
  const beat = useLiveBeatStore();
  const byId = shallowRef<ReadonlyMap<string, RunSummary>>(new Map());
  const isLoaded = ref(false);
  const failure = shallowRef<Failure | null>(null);

  const runs = computed(() => [...byId.value.values()].sort((a, b) => b.createdAtMs - a.createdAtMs));
  const running = computed(() => runs.value.find(({ state }) => state === 'running') ?? null);
  const queued = computed(() => runs.value.filter(({ state }) => state === 'queued'));

  /** How far runs are that only went on: shown with their curves. */
  const progressed = new Map<string, RunSummary>();

  function put(summary: RunSummary): RunSummary {
    progressed.delete(summary.id);
    byId.value = new Map(byId.value).set(summary.id, summary);
    return summary;
  }

  function showProgress(): void {
    if (progressed.size === 0) return;
    byId.value = new Map([...byId.value, ...progressed]);
    progressed.clear();
  }

  bridge.on('run.updated', (summary) => {
    const known = byId.value.get(summary.id);
    const wentOn = known?.state === 'running' && summary.state === 'running' && known.phase === summary.phase;
    if (!wentOn) {
      put(summary);
      return;
    }
    progressed.set(summary.id, summary);
    beat.ask(showProgress);
  });
  bridge.on('run.removed', ({ runId }) => {
    progressed.delete(runId);
    const next = new Map(byId.value);
    next.delete(runId);
    byId.value = next;
  });
  useConnectionStore().onReturn(() => void load());

  async function load(): Promise<void> {
    try {
      const list = await bridge.call('runs.list', {});
      progressed.clear();
      byId.value = new Map(list.map((summary) => [summary.id, summary]));
      isLoaded.value = true;
      failure.value = null;
    } catch (error) {
      failure.value = failureOf(error);
    }
  }

  /** Makes a run; it waits where another one has the device. Rejects as the call does. */
  const create = async (input: CallInput<'runs.create'>): Promise<RunSummary> =>
    put(await bridge.call('runs.create', input));

  /**
   * Trains on a sample what its card says, from nothing or from the base model; the first preset on the stories
   * unless another is named.
   */
  async function trainOnSample(card: SampleDataset | null = null): Promise<RunSummary> {
    const [dataset, presets] = await Promise.all([
      useDatasetsStore().sample(card?.id),
      bridge.call('presets.list', {}),
    ]);
    const { device } = usePreferencesStore();
    const base = card?.startsFrom === 'base' ? await beginWithBase(card) : null;
    if (base) return create({ datasetId: dataset.id, device, ...base });
    const shipped = presets.filter(({ isOwn }) => !isOwn);
    const preset = card ? smallestPreset(presetsFor(shipped, card.task)) : shipped[0];
    if (!preset) throw new Error('The studio has no preset to begin with.');
    const settings = card ? settingsOfCard(preset.settings, card.task, card.settings) : preset.settings;
    return create({ datasetId: dataset.id, settings, device });
  }

  async function beginWithBase(
    card: SampleDataset,
  ): Promise<Pick<CallInput<'runs.create'>, 'settings' | 'start'>> {
    const { id } = await bridge.call('weights.base', {});
    const start = { mode: 'weights', checkpoint: `weights:${id}` } as const;
    const told = await bridge.call('checkpoints.settings', { checkpoint: start.checkpoint });
    const { settings } = draftFromSource(told, start, null);
    return { settings: settingsOfCard(settings, card.task, card.settings), start };
  }

  const pause = async (runId: string): Promise<RunSummary> => put(await bridge.call('runs.pause', { runId }));
  const resume = async (runId: string): Promise<RunSummary> =>
    put(await bridge.call('runs.resume', { runId, device: usePreferencesStore().device }));
  const stopAndSave = async (runId: string): Promise<RunSummary> =>
    put(await bridge.call('runs.stop', { runId, save: true }));
  /** Ends a run at once; what it did since its last checkpoint is lost. */
  const stopAndDiscard = async (runId: string): Promise<RunSummary> =>
    put(await bridge.call('runs.stop', { runId, save: false }));
  const changeLearningRate = async (runId: string, value: number): Promise<RunSummary> =>
    put(await bridge.call('runs.change', { runId, key: 'learningRate', value }));
  const evaluateNow = (runId: string): Promise<unknown> => bridge.call('runs.evaluateNow', { runId });
  const checkpointNow = (runId: string): Promise<unknown> => bridge.call('runs.checkpointNow', { runId });
  /** Changes names, labels and notes. */
  const label = async (runId: string, labels: RunLabels): Promise<RunSummary> =>
    put(await bridge.call('runs.label', { runId, labels }));
  const rename = (runId: string, name: string): Promise<RunSummary> => label(runId, { name });
  /** Deletes a run with all its checkpoints; there is no way back. */
  const remove = (runId: string): Promise<unknown> => bridge.call('runs.remove', { runId });

  return {
    byId,
    runs,
    running,
    queued,
    isLoaded,
    failure,
    load,
    create,
    trainOnSample,
    pause,
    resume,
    stopAndSave,
    stopAndDiscard,
    changeLearningRate,
    evaluateNow,
    checkpointNow,
    label,
    rename,
    remove,
  };
});
