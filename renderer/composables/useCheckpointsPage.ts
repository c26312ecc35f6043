// How the user looks at the checkpoints: which fit, in which order, with which columns. Kept in the preferences,
// so that a reload loses nothing.

import {
  computed,
  onScopeDispose,
  shallowRef,
  watch,
  type ComputedRef,
  type Ref,
  type WritableComputedRef,
} from 'vue';
import type { ModelFilter, ModelMark } from '../lib/model-rows.ts';
import type { TableSort } from '../lib/table-rows.ts';
import { usePreferencesStore } from '../stores/preferences.ts';

export interface CheckpointsPage {
  readonly filter: Readonly<Ref<ModelFilter>>;
  narrow(part: Partial<ModelFilter>): void;
  readonly sort: WritableComputedRef<TableSort | null>;
  readonly hidden: WritableComputedRef<string[] | null>;
}

const pageName = 'checkpoints';
/** Every letter that is typed would be a call. */
const keepAfterMs = 400;
const marks: readonly ModelMark[] = ['best', 'last', 'kept', 'opened'];

/** What was remembered, and changes to it. */
export function useCheckpointsPage(): CheckpointsPage {
  const preferences = usePreferencesStore();
  const remembered = computed(() => recordOf(preferences.page(pageName)));
  const remember = (part: Record<string, unknown>): void =>
    void preferences.rememberPage(pageName, { ...remembered.value, ...part });

  const { filter, narrow } = useFilter(remembered, remember);
  const sort = computed({
    get: () => readSort(remembered.value['sort']),
    set: (value) => remember({ sort: value }),
  });
  const hidden = computed({
    get: () => readTexts(remembered.value['hidden']),
    set: (value) => remember({ hidden: value }),
  });
  return { filter, narrow, sort, hidden };
}

function useFilter(
  remembered: ComputedRef<Record<string, unknown>>,
  remember: (part: Record<string, unknown>) => void,
): Pick<CheckpointsPage, 'filter' | 'narrow'> {
  const filter = shallowRef(readFilter(remembered.value['filter']));
  let keeping: ReturnType<typeof setTimeout> | undefined;
  // The preferences may come after the page, or from another window.
  watch(
    () => JSON.stringify(readFilter(remembered.value['filter'])),
    (text) => {
      if (keeping === undefined) filter.value = JSON.parse(text) as ModelFilter;
    },
  );
  function keep(): void {
    clearTimeout(keeping);
    keeping = undefined;
    remember({ filter: filter.value });
  }
  function narrow(part: Partial<ModelFilter>): void {
    filter.value = { ...filter.value, ...part };
    clearTimeout(keeping);
    keeping = setTimeout(keep, keepAfterMs);
  }
  onScopeDispose(() => {
    if (keeping !== undefined) keep();
  });
  return { filter, narrow };
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function readFilter(value: unknown): ModelFilter {
  const { words, runId, mark } = recordOf(value);
  return {
    words: typeof words === 'string' ? words : '',
    runId: typeof runId === 'string' ? runId : null,
    mark: marks.find((one) => one === mark) ?? null,
  };
}

function readSort(value: unknown): TableSort | null {
  const { id, isDescending } = recordOf(value);
  return typeof id === 'string' && typeof isDescending === 'boolean' ? { id, isDescending } : null;
}

function readTexts(value: unknown): string[] | null {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : null;
}
