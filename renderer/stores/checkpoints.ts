// The checkpoints of all runs, kept up to date by events. Those of an opened run are also in its details.

import { defineStore } from 'pinia';
import { computed, ref, shallowReactive, shallowRef } from 'vue';
import type { CallOutput, Checkpoint, Failure } from '../../preload/contract.ts';
import { useBridge } from '../bridge.ts';
import { failureOf } from '../lib/failure.ts';
import { useConnectionStore } from './connection.ts';

export const useCheckpointsStore = defineStore('checkpoints', () => {
  const bridge = useBridge();
  const byReference = shallowReactive(new Map<string, Checkpoint>());
  const isLoaded = ref(false);
  const failure = shallowRef<Failure | null>(null);
  const checkpoints = computed(() =>
    [...byReference.values()].sort((a, b) => b.createdAtMs - a.createdAtMs || b.step - a.step),
  );

  function put(checkpoint: Checkpoint): Checkpoint {
    const { runId, reference, isBest } = checkpoint;
    // A run has one best; that another one no longer is comes without an event of its own.
    if (isBest && runId !== null)
      for (const other of byReference.values())
        if (other.runId === runId && other.isBest && other.reference !== reference)
          byReference.set(other.reference, { ...other, isBest: false });
    byReference.set(reference, checkpoint);
    return checkpoint;
  }

  bridge.on('run.checkpoint', put);
  bridge.on('run.checkpointRemoved', ({ runId, step }) => {
    for (const one of byReference.values())
      if (one.runId === runId && one.step === step) byReference.delete(one.reference);
  });
  bridge.on('run.removed', ({ runId }) => {
    for (const one of byReference.values()) if (one.runId === runId) byReference.delete(one.reference);
  });
  useConnectionStore().onReturn(() => void load());

  async function load(): Promise<void> {
    try {
      const list = await bridge.call('checkpoints.list', {});
      byReference.clear();
      for (const one of list) byReference.set(one.reference, one);
      isLoaded.value = true;
      failure.value = null;
    } catch (error) {
      failure.value = failureOf(error);
    }
  }

  const grouped = computed(() => {
    const groups = new Map<string, Checkpoint[]>();
    for (const one of byReference.values()) {
      if (one.runId === null) continue;
      const group = groups.get(one.runId);
      if (group) group.push(one);
      else groups.set(one.runId, [one]);
    }
    for (const group of groups.values()) group.sort((a, b) => b.step - a.step);
    return groups;
  });
  /** Those of one run, latest first. */
  const byRun = (runId: string): readonly Checkpoint[] => grouped.value.get(runId) ?? [];

  /** Keeps a checkpoint from being thinned out, or lets it go again. */
  async function mark({ runId, step }: Checkpoint, isMarked: boolean): Promise<Checkpoint> {
    return put(await bridge.call('checkpoints.mark', { runId: runId!, step, isMarked }));
  }

  /** The checkpoint or the opened weights that a reference means; rejects as the call does. */
  const resolve = (checkpoint: string): Promise<Checkpoint> =>
    bridge.call('checkpoints.resolve', { checkpoint });

  /** What a run that begins from it begins with. */
  const settings = (checkpoint: string): Promise<CallOutput<'checkpoints.settings'>> =>
    bridge.call('checkpoints.settings', { checkpoint });

  async function remove({ runId, step, reference }: Checkpoint): Promise<void> {
    await bridge.call('checkpoints.remove', { runId: runId!, step });
    byReference.delete(reference);
  }

  return { byReference, checkpoints, isLoaded, failure, load, byRun, mark, resolve, settings, remove };
});
