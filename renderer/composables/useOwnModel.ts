// The model that cards and lessons speak of: the one in sight, else the newest that has learned something.

import { computed, type ComputedRef } from 'vue';
import { useRoute } from 'vue-router';
import { ownModel, type OwnModel } from '../learn/own-model.ts';
import { useRunsStore } from '../stores/runs.ts';
import { useRunSettings } from './useRunSettings.ts';

/** Its figures; those of a small model that knows nothing while there is no run. */
export function useOwnModel(): ComputedRef<OwnModel> {
  const route = useRoute();
  const runs = useRunsStore();
  const run = computed(
    () => runs.byId.get(String(route.params['runId'])) ?? runs.runs.find(({ step }) => step > 0) ?? null,
  );
  const settingsOf = useRunSettings(() => (run.value ? [run.value.id] : []));
  return computed(() => ownModel(run.value, run.value && settingsOf(run.value.id)));
}
