// How the user looks at the runs: what every table remembers, and the columns in their order.

import { computed, type WritableComputedRef } from 'vue';
import { textsOrNull } from '../lib/read-value.ts';
import { readFilter, type RunFilter } from '../lib/run-filter.ts';
import { useKeptPage, type KeptPage } from './useKeptPage.ts';

export interface RunsPage extends Pick<KeptPage<RunFilter>, 'filter' | 'narrow' | 'sort'> {
  /** Ids of the columns in their order, or null as long as nothing was chosen. */
  readonly columns: WritableComputedRef<readonly string[] | null>;
}

/** What was remembered, and changes to it. */
export function useRunsPage(): RunsPage {
  const { filter, narrow, sort, remembered, remember } = useKeptPage('runs', readFilter);
  const columns = computed({
    get: (): readonly string[] | null => textsOrNull(remembered.value['columns']),
    set: (value) => remember({ columns: value }),
  });
  return { filter, narrow, sort, columns };
}
