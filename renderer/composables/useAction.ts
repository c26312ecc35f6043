// Something the user asked for that takes a moment: whether it is under way and how it failed, so that the
// failure is shown where it was asked for.

import { ref, shallowRef, type Ref } from 'vue';
import type { Failure } from '../../preload/contract.ts';
import { failureOf } from '../lib/failure.ts';

export interface Action<A extends unknown[]> {
  readonly isBusy: Readonly<Ref<boolean>>;
  readonly failure: Ref<Failure | null>;
  /** Does it, unless it is under way; never rejects. */
  run(...args: A): Promise<void>;
}

/** Wraps `work` so that a template can call it and show how it goes. */
export function useAction<A extends unknown[]>(work: (...args: A) => Promise<unknown>): Action<A> {
  const isBusy = ref(false);
  const failure = shallowRef<Failure | null>(null);
  return {
    isBusy,
    failure,
    async run(...args) {
      if (isBusy.value) return;
      isBusy.value = true;
      failure.value = null;
      try {
        await work(...args);
      } catch (error) {
        failure.value = failureOf(error);
      } finally {
        isBusy.value = false;
      }
    },
  };
}
