// Parts of something long, by number: asked for when they are drawn, kept while they are near. Must not know
// what they are parts of.

import { onScopeDispose, shallowReactive, shallowRef, type ShallowRef } from 'vue';
import type { Failure } from '../../preload/contract.ts';
import { failureOf } from '../lib/failure.ts';

/** More than fill a screen, few enough to hold. */
const mostKept = 60;

export interface Blocks<T> {
  /** The part, or null while it is on its way; may be called while drawing. */
  want(index: number): T | null;
  /** Why a part could not be had. */
  readonly failure: ShallowRef<Failure | null>;
  /** Asks again for what could not be had. */
  retry(): void;
}

/** Parts that `load` gives. */
export function useBlocks<T>(load: (index: number) => Promise<T>): Blocks<T> {
  const loaded = shallowReactive(new Map<number, T>());
  const failure = shallowRef<Failure | null>(null);
  const asked = new Set<number>();
  /** In the order they were last wanted. */
  const wanted = new Set<number>();
  let isOver = false;
  onScopeDispose(() => {
    isOver = true;
  });

  async function fetchBlock(index: number): Promise<void> {
    try {
      const block = await load(index);
      if (isOver) return;
      loaded.set(index, block);
      for (const oldest of wanted) {
        if (wanted.size <= mostKept) break;
        wanted.delete(oldest);
        loaded.delete(oldest);
        asked.delete(oldest);
      }
    } catch (error) {
      // It stays asked for, so that drawing it again does not ask again.
      failure.value = failureOf(error);
    }
  }

  return {
    failure,
    want(index) {
      wanted.delete(index);
      wanted.add(index);
      if (!asked.has(index)) {
        asked.add(index);
        void fetchBlock(index);
      }
      return loaded.get(index) ?? null;
    },
    retry() {
      failure.value = null;
      const missing = [...asked].filter((index) => !loaded.has(index));
      for (const index of missing) void fetchBlock(index);
    },
  };
}
