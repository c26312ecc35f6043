// How the user looks at the evaluations: what every table remembers, and the columns that are hidden.

import { computed, type WritableComputedRef } from 'vue';
import { readEvaluationFilter, type EvaluationFilter } from '../lib/evaluation-filter.ts';
import { textsOrNull } from '../lib/read-value.ts';
import { useKeptPage, type KeptPage } from './useKeptPage.ts';

export interface EvaluationsPage extends Pick<KeptPage<EvaluationFilter>, 'filter' | 'narrow' | 'sort'> {
  readonly hidden: WritableComputedRef<string[] | null>;
}

/** What was remembered, and changes to it. */
export function useEvaluationsPage(): EvaluationsPage {
  const { filter, narrow, sort, remembered, remember } = useKeptPage('evaluations', readEvaluationFilter);
  const hidden = computed({
    get: () => textsOrNull(remembered.value['hidden']),
    set: (value) => remember({ hidden: value }),
  });
  return { filter, narrow, sort, hidden };
}
