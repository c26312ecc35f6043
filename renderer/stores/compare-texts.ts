// Texts that several runs write from one prompt and one seed, one run after the other, as there is one device.
// Each text streams through the store of written texts, under a name of its own.

import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import type { GenerationConfig } from '../../engine/config.ts';
import { useGenerationStore, type WrittenText } from './generation.ts';

/** Where a run's text of a comparison is kept. */
const placeOf = (runId: string): string => `compare:${runId}`;

export const useCompareTextsStore = defineStore('compare-texts', () => {
  const generation = useGenerationStore();
  /** The runs that still have to write, the first of them does now. */
  const waiting = shallowRef<readonly string[]>([]);
  const total = shallowRef(0);
  const isWriting = computed(() => waiting.value.length > 0);
  /** Another place of the page writes. */
  const isElsewhere = computed(() => !isWriting.value && generation.isWriting);

  /** What a run wrote here, or null. */
  const textOf = (runId: string): WrittenText | null => generation.byRun.get(placeOf(runId)) ?? null;

  /** Writes with the best checkpoint of every run; never rejects, each text says how it failed. */
  async function write(
    runIds: readonly string[],
    prompt: string,
    config: Partial<GenerationConfig>,
  ): Promise<void> {
    if (generation.isWriting || isWriting.value) return;
    waiting.value = [...runIds];
    total.value = runIds.length;
    for (const runId of runIds) generation.byRun.delete(placeOf(runId));
    for (let runId = waiting.value[0]; runId !== undefined; runId = waiting.value[0]) {
      await generation.write(placeOf(runId), prompt, config, runId);
      waiting.value = waiting.value.slice(1);
    }
  }

  /** Ends the text that is being written and leaves out those that wait. */
  async function stop(): Promise<void> {
    const current = waiting.value[0];
    if (current === undefined) return;
    waiting.value = [current];
    await generation.end(placeOf(current));
  }

  return { waiting, total, isWriting, isElsewhere, textOf, write, stop };
});
