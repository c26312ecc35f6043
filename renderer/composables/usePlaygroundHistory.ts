// What was written in the playground is taken away, one text or all of them, with a way back.

import { formatInteger } from '../lib/format.ts';
import type { PlaygroundEntry } from '../lib/playground-memory.ts';
import { usePlaygroundStore } from '../stores/playground.ts';
import { useToastsStore } from '../stores/toasts.ts';

export interface PlaygroundHistory {
  removeEntry(entry: PlaygroundEntry): void;
  clearHistory(): void;
}

/** For the playground's page. */
export function usePlaygroundHistory(): PlaygroundHistory {
  const playground = usePlaygroundStore();
  const toasts = useToastsStore();

  function removeEntry(entry: PlaygroundEntry): void {
    const before = playground.memory.entries;
    playground.setEntries(before.filter(({ id }) => id !== entry.id));
    toasts.notify({
      title: 'Deleted a text from the history',
      kind: 'info',
      undo: () => {
        const there = playground.memory.entries;
        playground.setEntries([...there, entry].sort((a, b) => b.atMs - a.atMs));
      },
    });
  }
  function clearHistory(): void {
    const before = playground.memory.entries;
    playground.setEntries([]);
    toasts.notify({
      title: `Cleared the history of ${formatInteger(before.length)}`,
      kind: 'info',
      undo: () => playground.setEntries([...playground.memory.entries, ...before]),
    });
  }

  return { removeEntry, clearHistory };
}
