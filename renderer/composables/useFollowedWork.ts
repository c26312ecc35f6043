// Long work of a dialog that goes on when the dialog is closed: how far it is, how it failed, and its end.

import { computed, onScopeDispose, ref, type ComputedRef, type Ref } from 'vue';
import type { Failure } from '../../preload/contract.ts';
import { useOperationsStore, type Operation } from '../stores/operations.ts';
import { useAction, type Action } from './useAction.ts';

export interface FollowedWork {
  readonly action: Action<[]>;
  /** Null before it has begun and after it has ended. */
  readonly operation: ComputedRef<Operation | null>;
  /** Why it failed; having been cancelled is no failure to be read. */
  readonly failure: ComputedRef<Failure | null>;
  readonly cancelling: Action<[]>;
}

/** Whether a failure only says that the user ended the work. */
export const isCancelled = ({ code }: Failure): boolean => code === 'operation-cancelled';

/** Whether a dialog is there and open, to be asked when its work has ended. */
export function useIsSeen(open: Readonly<Ref<boolean>>): () => boolean {
  let isThere = true;
  onScopeDispose(() => {
    isThere = false;
  });
  return () => isThere && open.value;
}

/** Wraps `work`, which says under which operation it is done as soon as that has begun. */
export function useFollowedWork(
  work: (follow: (operationId: string) => void) => Promise<unknown>,
): FollowedWork {
  const operations = useOperationsStore();
  const operationId = ref<string | null>(null);
  const action = useAction(() =>
    work((id) => {
      operationId.value = id;
    }),
  );
  return {
    action,
    operation: computed(() => operations.active.find(({ id }) => id === operationId.value) ?? null),
    failure: computed(() => {
      const failure = action.failure.value;
      return failure && isCancelled(failure) ? null : failure;
    }),
    cancelling: useAction(async () => {
      if (operationId.value !== null) await operations.cancel(operationId.value);
    }),
  };
}
