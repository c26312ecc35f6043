// What can be undone, the latest first. Kept for this page only: what was removed for good is not in here.

import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';

export interface Undoable {
  /** What was done, in words: "Archived amber-loom". */
  readonly label: string;
  undo(): void | Promise<void>;
}

const longest = 50;

export const useUndoStore = defineStore('undo', () => {
  const stack = shallowRef<readonly Undoable[]>([]);
  const latest = computed(() => stack.value.at(-1) ?? null);

  /** Puts something on the stack; gives the function that takes it off again. */
  function push(entry: Undoable): () => void {
    stack.value = [...stack.value, entry].slice(-longest);
    return () => {
      stack.value = stack.value.filter((one) => one !== entry);
    };
  }

  /** Undoes one entry, the latest unless another is given; rejects as its undoing does, and then keeps it. */
  async function undo(entry: Undoable | null = latest.value): Promise<Undoable | null> {
    if (!entry || !stack.value.includes(entry)) return null;
    const before = stack.value;
    stack.value = stack.value.filter((one) => one !== entry);
    try {
      await entry.undo();
    } catch (error) {
      // What was pushed meanwhile stays, and what was taken off meanwhile stays off.
      const now = stack.value;
      stack.value = [
        ...before.filter((one) => one === entry || now.includes(one)),
        ...now.filter((one) => !before.includes(one)),
      ].slice(-longest);
      throw error;
    }
    return entry;
  }

  return { stack, latest, push, undo };
});
