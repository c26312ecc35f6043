// What the settings that are being typed will need and take. One question at a time; what is typed meanwhile is
// asked next, and only the newest waits. Knows no draft.

import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import type { CallInput, CallOutput, Failure } from '../../preload/contract.ts';
import { useBridge } from '../bridge.ts';
import { failureOf } from '../lib/failure.ts';

type Question = CallInput<'settings.estimate'>;

export const useEstimateStore = defineStore('estimate', () => {
  const bridge = useBridge();
  const answer = shallowRef<CallOutput<'settings.estimate'> | null>(null);
  const failure = shallowRef<Failure | null>(null);
  const estimate = computed(() => answer.value?.estimate ?? null);
  const problems = computed(() => answer.value?.problems ?? []);
  const suggestions = computed(() => answer.value?.suggestions ?? []);
  let waiting: Question | null = null;
  let isAsking = false;

  async function work(): Promise<void> {
    isAsking = true;
    while (waiting) {
      const question: Question = waiting;
      waiting = null;
      try {
        answer.value = await bridge.call('settings.estimate', question);
        failure.value = null;
      } catch (error) {
        answer.value = null;
        failure.value = failureOf(error);
      }
    }
    isAsking = false;
  }

  /** Asks; an answer to older settings is shown only until the newest is there. */
  function ask(question: Question): void {
    waiting = question;
    if (!isAsking) void work();
  }

  return { answer, estimate, problems, suggestions, failure, ask };
});
