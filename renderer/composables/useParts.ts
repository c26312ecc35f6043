// Something long shown in parts: of more items in one list, the list would be higher than browsers can draw.

import { computed, ref, type ComputedRef, type Ref } from 'vue';

export interface Parts {
  /** Which part is shown, from 0. */
  readonly part: Ref<number>;
  readonly partCount: ComputedRef<number>;
  /** The first item of the part, and how many it has. */
  readonly first: ComputedRef<number>;
  readonly count: ComputedRef<number>;
}

/** Parts of `size` items of `total()`; there is always one. */
export function useParts(total: () => number, size: number): Parts {
  const part = ref(0);
  const first = computed(() => part.value * size);
  return {
    part,
    partCount: computed(() => Math.max(1, Math.ceil(total() / size))),
    first,
    count: computed(() => Math.min(size, total() - first.value)),
  };
}
