// What the studio says of itself: versions, folders, self-test, licences. Asked when the settings are opened.

import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import type { CallOutput, Health, SelfTest } from '../../preload/contract.ts';
import { useBridge } from '../bridge.ts';

export const useHealthStore = defineStore('health', () => {
  const bridge = useBridge();
  const health = shallowRef<Health | null>(null);
  const tests = shallowRef<readonly SelfTest[] | null>(null);
  const licences = shallowRef<CallOutput<'health.licences'> | null>(null);

  /** Each rejects as its call does. */
  async function load(): Promise<void> {
    health.value = await bridge.call('health.get', {});
  }
  async function test(): Promise<void> {
    tests.value = await bridge.call('health.selfTest', {});
  }
  async function loadLicences(): Promise<void> {
    licences.value ??= await bridge.call('health.licences', {});
  }
  const diagnostics = async (): Promise<string> => (await bridge.call('health.diagnostics', {})).text;

  return { health, tests, licences, load, test, loadLicences, diagnostics };
});
