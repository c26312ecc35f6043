// The settings to begin with, Heddle's own and the user's, and what each of them will need and take.

import { defineStore } from 'pinia';
import { computed, shallowReactive, shallowRef } from 'vue';
import type { RunSettings } from '../../engine/config.ts';
import type { Estimate, Failure, Preset } from '../../preload/contract.ts';
import { useBridge } from '../bridge.ts';
import { settledSettings } from '../lib/draft-changes.ts';
import { failureOf } from '../lib/failure.ts';
import { usePreferencesStore } from './preferences.ts';

export const usePresetsStore = defineStore('presets', () => {
  const bridge = useBridge();
  const presets = shallowRef<readonly Preset[]>([]);
  const failure = shallowRef<Failure | null>(null);
  const estimate = shallowRef<Estimate | null>(null);
  /** By preset, for the dataset that was last asked about. */
  const estimates = shallowReactive(new Map<string, Estimate>());
  const first = computed(() => presets.value[0] ?? null);
  let lastAsked = 0;

  const byName = (name: string | null): Preset | null =>
    presets.value.find((preset) => preset.name === name) ?? null;

  /** Asks for them; what fails is kept as the failure. */
  async function loadList(): Promise<void> {
    try {
      presets.value = await bridge.call('presets.list', {});
      failure.value = null;
    } catch (error) {
      failure.value = failureOf(error);
    }
  }

  async function estimateOf(settings: RunSettings, datasetId: string | null): Promise<Estimate | null> {
    const { device } = usePreferencesStore();
    const dataset = datasetId === null ? {} : { datasetId };
    return (await bridge.call('settings.estimate', { settings, device, ...dataset })).estimate;
  }

  /** Asks until the time is known as well; what cannot be had is left out of the page, and said when training is asked for. */
  async function load(): Promise<void> {
    if (first.value && estimate.value?.durationMs) return;
    await loadList();
    if (!first.value) return;
    estimate.value = await estimateOf(first.value.settings, null).catch(() => null);
  }

  /**
   * What each preset comes to with a dataset of so many different characters, one after another; asking again
   * gives the former up.
   */
  async function estimateAll(datasetId: string | null, characterCount: number | null): Promise<void> {
    const asked = ++lastAsked;
    for (const { name, settings } of presets.value) {
      const settled = settledSettings({ settings, start: { mode: 'scratch' } }, null, characterCount);
      const found = await estimateOf(settled, datasetId).catch(() => null);
      if (asked !== lastAsked) return;
      if (found) estimates.set(name, found);
      else estimates.delete(name);
    }
  }

  /** Keeps settings under a name of the user's own; the same name replaces. Rejects as the call does. */
  async function save(label: string, settings: RunSettings): Promise<Preset> {
    const saved = await bridge.call('presets.save', { label, settings });
    const others = presets.value.filter(({ name }) => name !== saved.name);
    presets.value = [...others, saved];
    return saved;
  }

  async function remove(name: string): Promise<void> {
    await bridge.call('presets.remove', { name });
    presets.value = presets.value.filter((preset) => preset.name !== name);
    estimates.delete(name);
  }

  return {
    presets,
    first,
    failure,
    estimate,
    estimates,
    byName,
    load,
    loadList,
    estimateAll,
    save,
    remove,
  };
});
