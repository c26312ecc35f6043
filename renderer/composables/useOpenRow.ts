// One row of a list in a dialog: open while there is a row, and the way to the rows beside it.
import { computed, type Ref, type WritableComputedRef } from 'vue';
import { indexWithin } from '../lib/index-within.ts';

export interface OpenRow {
  readonly isOpen: WritableComputedRef<boolean>;
  /** Goes so many rows on, no further than the ends. */
  readonly go: (distance: number) => void;
}

/** `row` counts from 0 and is null while nothing is open; `total` is the number of rows. */
export function useOpenRow(row: Ref<number | null>, total: () => number): OpenRow {
  const isOpen = computed({
    get: () => row.value !== null,
    set: (open) => {
      if (!open) row.value = null;
    },
  });
  const go = (distance: number): void => {
    if (row.value !== null) row.value = indexWithin(row.value + distance, total());
  };
  return { isOpen, go };
}
