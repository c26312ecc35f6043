// What this computer computes with, asked once: the answer takes the engine a moment and does not change.

import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import type { DeviceReport, Failure } from '../../preload/contract.ts';
import { useBridge } from '../bridge.ts';
import { failureOf } from '../lib/failure.ts';

export const useDeviceStore = defineStore('device', () => {
  const report = shallowRef<DeviceReport | null>(null);
  const failure = shallowRef<Failure | null>(null);
  const memoryBytes = computed(() => report.value?.cpu.memoryBytes ?? null);

  async function load(): Promise<void> {
    if (report.value) return;
    try {
      report.value = await useBridge().call('device.report', {});
      failure.value = null;
    } catch (error) {
      failure.value = failureOf(error);
    }
  }

  return { report, failure, memoryBytes, load };
});
