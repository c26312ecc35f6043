// The settings to begin with, and what the first of them will need.

import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import type { Estimate, Preset } from '../../preload/contract.ts';
import { useBridge } from '../bridge.ts';
import { usePreferencesStore } from './preferences.ts';

export const usePresetsStore = defineStore('presets', () => {
  const bridge = useBridge();
  const presets = shallowRef<readonly Preset[]>([]);
  const estimate = shallowRef<Estimate | null>(null);
  const first = computed(() => presets.value[0] ?? null);

  /** Asks until the time is known as well; what cannot be had is left out of the page, and said when training is asked for. */
  async function load(): Promise<void> {
    if (first.value && estimate.value?.durationMs) return;
    try {
      presets.value = await bridge.call('presets.list', {});
      if (first.value)
        ({ estimate: estimate.value } = await bridge.call('settings.estimate', {
          settings: first.value.settings,
          device: usePreferencesStore().device,
        }));
    } catch {
      estimate.value = null;
    }
  }

  return { presets, first, estimate, load };
});
