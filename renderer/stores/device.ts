// What this computer computes with, by the device that the user prefers. Asked once, and again when the
// preference changes or the user asks: the answer takes the engine a moment.

import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import type { DeviceReport, Failure } from '../../preload/contract.ts';
import { useBridge } from '../bridge.ts';
import { failureOf } from '../lib/failure.ts';
import { usePreferencesStore } from './preferences.ts';

export const useDeviceStore = defineStore('device', () => {
  const report = shallowRef<DeviceReport | null>(null);
  const failure = shallowRef<Failure | null>(null);
  const memoryBytes = computed(() => report.value?.cpu.memoryBytes ?? null);

  const isMeasuring = ref(false);

  /** Asks where nothing is known yet, or anew; what fails is kept as the failure. */
  async function load(isAnew = false): Promise<void> {
    if ((report.value && !isAnew) || isMeasuring.value) return;
    isMeasuring.value = true;
    try {
      report.value = await useBridge().call('device.report', usePreferencesStore().device);
      failure.value = null;
    } catch (error) {
      failure.value = failureOf(error);
    } finally {
      isMeasuring.value = false;
    }
  }

  return { report, failure, memoryBytes, isMeasuring, load };
});
