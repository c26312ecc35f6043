// The runs of a comparison: named by the address, the baseline among them, their settings and results.

import { computed, watch, type ComputedRef, type WritableComputedRef } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import type { RunSummary } from '../../preload/contract.ts';
import { bestRun, resultRows, type ResultRow } from '../lib/comparison.ts';
import { settingsDiff, type DiffRow } from '../lib/settings-diff.ts';
import { useCheckpointsStore } from '../stores/checkpoints.ts';
import { usePreferencesStore } from '../stores/preferences.ts';
import { useRunDetailsStore } from '../stores/run-details.ts';
import { useRunsStore } from '../stores/runs.ts';
import { useSeriesStore } from '../stores/series.ts';

export interface Comparison {
  /** As the address names them. */
  readonly runIds: WritableComputedRef<readonly string[]>;
  /** Those that are there. */
  readonly runs: ComputedRef<readonly RunSummary[]>;
  /** How many are named that are not there. */
  readonly missingCount: ComputedRef<number>;
  /** The run that the others are compared with: the baseline of the preferences, else the first. */
  readonly referenceId: ComputedRef<string | null>;
  readonly results: ComputedRef<readonly ResultRow[]>;
  readonly settings: ComputedRef<readonly DiffRow[]>;
  readonly areSettingsWhole: ComputedRef<boolean>;
  /** The best run that has a checkpoint, and the reference of its best one. */
  readonly best: ComputedRef<{ run: RunSummary; checkpoint: string } | null>;
}

/** The comparison that the address names. */
export function useComparison(): Comparison {
  const route = useRoute();
  const router = useRouter();
  const store = useRunsStore();
  const details = useRunDetailsStore();
  const checkpoints = useCheckpointsStore();
  const figures = useSeriesStore();
  const preferences = usePreferencesStore();

  const runIds = computed({
    get: (): readonly string[] => {
      const value = route.name === 'compare' ? route.query['runs'] : null;
      const text = Array.isArray(value) ? value.join(',') : (value ?? '');
      return [...new Set(text.split(',').filter(Boolean))];
    },
    set: (ids) =>
      void router.replace({ name: 'compare', query: ids.length > 0 ? { runs: ids.join(',') } : {} }),
  });
  const runs = computed(() => runIds.value.flatMap((id) => store.byId.get(id) ?? []));
  const missingCount = computed(() => (store.isLoaded ? runIds.value.length - runs.value.length : 0));

  const referenceId = computed(() => {
    const chosen = preferences.preferences.baselineRunId;
    return runs.value.find(({ id }) => id === chosen)?.id ?? runs.value[0]?.id ?? null;
  });
  const reference = computed(() => runs.value.findIndex(({ id }) => id === referenceId.value));
  const results = computed(() => resultRows(runs.value, reference.value, bestOfKey));
  function bestOfKey(runId: string, key: string): number | null {
    const values = figures.byRun.get(runId)?.series.get(key)?.maximums ?? [];
    return values.length === 0 ? null : Math.max(...values);
  }

  // A run's summary changes with every step, its settings do not.
  const known = computed(() => runIds.value.filter((id) => store.byId.has(id)));
  const settingsOf = computed(() => known.value.map((id) => details.details.get(id)?.settings ?? null));
  const settings = computed(() => settingsDiff(settingsOf.value, reference.value));
  const areSettingsWhole = computed(() => settingsOf.value.every((one) => one !== null));

  const best = computed(() => {
    const able = runs.value.filter(({ id }) => checkpoints.byRun(id).length > 0);
    const run = bestRun(able);
    if (!run) return null;
    const list = checkpoints.byRun(run.id);
    return { run, checkpoint: (list.find(({ isBest }) => isBest) ?? list[0]!).reference };
  });

  // A deleted run leaves the address as well.
  watch(
    () => store.isLoaded && known.value.length,
    (count, before) => {
      if (typeof count === 'number' && typeof before === 'number' && count < before && count > 0)
        if (runIds.value.length > count) runIds.value = known.value;
    },
  );
  return { runIds, runs, missingCount, referenceId, results, settings, areSettingsWhole, best };
}
