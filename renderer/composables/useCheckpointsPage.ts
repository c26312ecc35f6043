// How the user looks at the checkpoints: what every table remembers, and the columns that are hidden.

import { computed, type WritableComputedRef } from 'vue';
import type { ModelFilter, ModelMark } from '../lib/model-rows.ts';
import { recordOf, textsOrNull } from '../lib/read-value.ts';
import { useKeptPage, type KeptPage } from './useKeptPage.ts';

export interface CheckpointsPage extends Pick<KeptPage<ModelFilter>, 'filter' | 'narrow' | 'sort'> {
  readonly hidden: WritableComputedRef<string[] | null>;
}

const marks: readonly ModelMark[] = ['best', 'last', 'kept', 'opened'];

/** What was remembered, and changes to it. */
export function useCheckpointsPage(): CheckpointsPage {
  const { filter, narrow, sort, remembered, remember } = useKeptPage('checkpoints', readFilter);
  const hidden = computed({
    get: () => textsOrNull(remembered.value['hidden']),
    set: (value) => remember({ hidden: value }),
  });
  return { filter, narrow, sort, hidden };
}

function readFilter(value: unknown): ModelFilter {
  const { words, runId, mark } = recordOf(value);
  return {
    words: typeof words === 'string' ? words : '',
    runId: typeof runId === 'string' ? runId : null,
    mark: marks.find((one) => one === mark) ?? null,
  };
}
