// How the user looks at a table: which rows pass, in which order, and whatever else a page adds. Kept in the
// preferences, so that a reload loses nothing.

import {
  computed,
  onScopeDispose,
  shallowRef,
  watch,
  type ComputedRef,
  type Ref,
  type ShallowRef,
  type WritableComputedRef,
} from 'vue';
import { recordOf } from '../lib/read-value.ts';
import type { TableSort } from '../lib/table-rows.ts';
import { usePreferencesStore } from '../stores/preferences.ts';

export interface KeptPage<F extends object> {
  readonly filter: Readonly<Ref<F>>;
  narrow(part: Partial<F>): void;
  readonly sort: WritableComputedRef<TableSort | null>;
  /** All that the page remembers, by name, and a change of some of it. */
  readonly remembered: ComputedRef<Record<string, unknown>>;
  remember(part: Record<string, unknown>): void;
}

/** Every letter that is typed would be a call. */
const keepAfterMs = 400;

/** What the page of that name remembers; `readFilter` makes a filter of anything. */
export function useKeptPage<F extends object>(
  pageName: string,
  readFilter: (value: unknown) => F,
): KeptPage<F> {
  const preferences = usePreferencesStore();
  const remembered = computed(() => recordOf(preferences.page(pageName)));
  const remember = (part: Record<string, unknown>): void =>
    void preferences.rememberPage(pageName, { ...remembered.value, ...part });

  const filter: ShallowRef<F> = shallowRef(readFilter(remembered.value['filter']));
  let keeping: ReturnType<typeof setTimeout> | undefined;
  // The preferences may come after the page, or from another window.
  watch(
    () => JSON.stringify(readFilter(remembered.value['filter'])),
    (text) => {
      if (keeping === undefined) filter.value = JSON.parse(text) as F;
    },
  );
  function keep(): void {
    clearTimeout(keeping);
    keeping = undefined;
    remember({ filter: filter.value });
  }
  function narrow(part: Partial<F>): void {
    filter.value = { ...filter.value, ...part };
    clearTimeout(keeping);
    keeping = setTimeout(keep, keepAfterMs);
  }
  onScopeDispose(() => {
    if (keeping !== undefined) keep();
  });
  const sort = computed({
    get: () => readSort(remembered.value['sort']),
    set: (value) => remember({ sort: value }),
  });
  return { filter, narrow, sort, remembered, remember };
}

function readSort(value: unknown): TableSort | null {
  const { id, isDescending } = recordOf(value);
  return typeof id === 'string' && typeof isDescending === 'boolean' ? { id, isDescending } : null;
}
