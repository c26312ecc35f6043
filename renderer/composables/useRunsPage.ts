// How the user looks at the runs: which pass, in which order, with which columns. Kept in the preferences, so that
// a reload loses nothing.

import { computed, onScopeDispose, ref, watch, type Ref, type WritableComputedRef } from 'vue';
import { readFilter, readTexts, type RunFilter } from '../lib/run-filter.ts';
import type { TableSort } from '../lib/table-rows.ts';
import { usePreferencesStore } from '../stores/preferences.ts';

export interface RunsPage {
  readonly filter: Readonly<Ref<RunFilter>>;
  narrow: (part: Partial<RunFilter>) => void;
  readonly sort: WritableComputedRef<TableSort | null>;
  /** Ids of the columns in their order, or null as long as nothing was chosen. */
  readonly columns: WritableComputedRef<readonly string[] | null>;
}

const pageName = 'runs';
/** Every letter that is typed would be a call. */
const keepAfterMs = 400;

/** What was remembered, and changes to it. */
export function useRunsPage(): RunsPage {
  const preferences = usePreferencesStore();
  const remembered = computed(() => {
    const value = preferences.page(pageName);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  });
  const remember = (part: Record<string, unknown>): Promise<void> =>
    preferences.rememberPage(pageName, { ...remembered.value, ...part });

  const filter = ref(readFilter(remembered.value['filter']));
  // The preferences may come after the page, or from another window.
  watch(
    () => JSON.stringify(readFilter(remembered.value['filter'])),
    (text) => {
      if (keeping === undefined) filter.value = JSON.parse(text) as RunFilter;
    },
  );
  let keeping: ReturnType<typeof setTimeout> | undefined;
  function keep(): void {
    clearTimeout(keeping);
    keeping = undefined;
    void remember({ filter: filter.value });
  }
  function narrow(part: Partial<RunFilter>): void {
    filter.value = { ...filter.value, ...part };
    clearTimeout(keeping);
    keeping = setTimeout(keep, keepAfterMs);
  }
  onScopeDispose(() => {
    if (keeping !== undefined) keep();
  });

  const sort = computed({
    get: () => readSort(remembered.value['sort']),
    set: (value) => void remember({ sort: value }),
  });
  const columns = computed({
    get: () => (Array.isArray(remembered.value['columns']) ? readTexts(remembered.value['columns']) : null),
    set: (value) => void remember({ columns: value }),
  });
  return { filter, narrow, sort, columns };
}

function readSort(value: unknown): TableSort | null {
  if (typeof value !== 'object' || value === null) return null;
  const { id, isDescending } = value as Record<string, unknown>;
  return typeof id === 'string' && typeof isDescending === 'boolean' ? { id, isDescending } : null;
}
