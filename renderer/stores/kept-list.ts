// A list that the studio keeps and this page follows: asked for whole, kept up to date by events, asked for again
// after the connection broke. What the things are is the business of the store that uses it.

import { computed, ref, shallowReactive, shallowRef, type ComputedRef, type Ref, type ShallowRef } from 'vue';
import type { Failure } from '../../preload/contract.ts';
import { failureOf } from '../lib/failure.ts';
import { useConnectionStore } from './connection.ts';

interface Kept {
  readonly id: string;
  readonly createdAtMs: number;
}

export interface KeptList<T extends Kept> {
  readonly byId: Map<string, T>;
  /** Newest first. */
  readonly list: ComputedRef<T[]>;
  readonly isLoaded: Ref<boolean>;
  readonly failure: ShallowRef<Failure | null>;
  /** Takes in one that came or changed, and gives it back. */
  put(one: T): T;
  /** Asks for all; never rejects: why it could not be had is in `failure`. */
  load(): Promise<void>;
}

/** A list that `ask` gives. */
export function keptList<T extends Kept>(ask: () => Promise<readonly T[]>): KeptList<T> {
  const byId = shallowReactive(new Map<string, T>());
  const isLoaded = ref(false);
  const failure = shallowRef<Failure | null>(null);

  function put(one: T): T {
    byId.set(one.id, one);
    return one;
  }

  async function load(): Promise<void> {
    try {
      const all = await ask();
      const known = new Set(all.map(({ id }) => id));
      for (const id of byId.keys()) if (!known.has(id)) byId.delete(id);
      all.forEach(put);
      isLoaded.value = true;
      failure.value = null;
    } catch (error) {
      failure.value = failureOf(error);
    }
  }

  useConnectionStore().onReturn(() => void load());
  const list = computed(() => [...byId.values()].sort((a, b) => b.createdAtMs - a.createdAtMs));
  return { byId, list, isLoaded, failure, put, load };
}
