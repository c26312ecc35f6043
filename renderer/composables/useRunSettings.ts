// The settings of runs for tables that show them: asked for when they are needed, a few at a time.

import { watch } from 'vue';
import type { RunSettings } from '../../engine/config.ts';
import { useRunDetailsStore } from '../stores/run-details.ts';

const askedAtOnce = 4;

/** Opens the named runs; gives what is known of a run's settings, null until then. */
export function useRunSettings(runIds: () => readonly string[]): (runId: string) => RunSettings | null {
  const details = useRunDetailsStore();
  const waiting: string[] = [];
  const known = new Set<string>();
  let underWay = 0;

  function next(): void {
    while (underWay < askedAtOnce && waiting.length > 0) {
      const runId = waiting.shift()!;
      underWay++;
      // A run without settings shows en dashes; its own page says what is wrong.
      details
        .open(runId)
        .catch(() => known.delete(runId))
        .finally(() => {
          underWay--;
          next();
        });
    }
  }

  watch(
    runIds,
    (ids) => {
      for (const id of ids) {
        if (known.has(id)) continue;
        known.add(id);
        waiting.push(id);
      }
      next();
    },
    { immediate: true },
  );
  return (runId) => details.details.get(runId)?.settings ?? null;
}
