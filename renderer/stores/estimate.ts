// What the settings that are being typed will need and take. Knows no draft.

import { defineStore } from 'pinia';
import { computed } from 'vue';
import type { CallInput, CallOutput } from '../../preload/contract.ts';
import { useBridge } from '../bridge.ts';
import { newestAnswer } from './newest-answer.ts';

export const useEstimateStore = defineStore('estimate', () => {
  const bridge = useBridge();
  const { answer, failure, ask } = newestAnswer<
    CallInput<'settings.estimate'>,
    CallOutput<'settings.estimate'>
  >((question) => bridge.call('settings.estimate', question));
  const estimate = computed(() => answer.value?.estimate ?? null);
  const problems = computed(() => answer.value?.problems ?? []);
  const suggestions = computed(() => answer.value?.suggestions ?? []);

  return { answer, estimate, problems, suggestions, failure, ask };
});
