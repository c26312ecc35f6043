// The tokens of a text that changes: asked for a moment after the last change, and only the latest answer is
// shown. A tokenizer that must be made for it first is work that can be seen and ended.

import { onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue';
import type { CallInput, CallOutput, Failure } from '../../preload/contract.ts';
import { failureOf } from '../lib/failure.ts';
import { useOperationsStore } from '../stores/operations.ts';
import { useTokenizersStore } from '../stores/tokenizers.ts';

type Encoded = CallOutput<'tokenizers.encode'>;

const settleMs = 200;
/** What takes less is not worth a line at the foot of the window. */
const shownAfterMs = 500;

/** Follows `input`; null where there is nothing to ask. */
export function useTokens(input: () => CallInput<'tokenizers.encode'> | null): {
  encoded: ShallowRef<Encoded | null>;
  failure: ShallowRef<Failure | null>;
  isBusy: Ref<boolean>;
} {
  const tokenizers = useTokenizersStore();
  const operations = useOperationsStore();
  const encoded = shallowRef<Encoded | null>(null);
  const failure = shallowRef<Failure | null>(null);
  const isBusy = ref(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let latest = 0;
  /** The making of a tokenizer that is under way. */
  let making: { id: string; what: string } | null = null;

  /** Ends the making of a tokenizer, unless it is the one that is wanted. */
  function endOther(wanted: string | null): void {
    if (!making || making.what === wanted) return;
    operations.cancel(making.id).catch(() => undefined);
    making = null;
  }

  function encode(asked: CallInput<'tokenizers.encode'>): Promise<Encoded> {
    const what = madeFrom(asked);
    endOther(what);
    if (what === null) return tokenizers.encode(asked);
    const work = async (operationId: string): Promise<Encoded> => {
      making = { id: operationId, what };
      try {
        return await tokenizers.encode({ ...asked, operationId });
      } finally {
        if (making?.id === operationId) making = null;
      }
    };
    return operations.run('Making the tokenizer', work, shownAfterMs);
  }

  async function ask(asked: CallInput<'tokenizers.encode'>, number: number): Promise<void> {
    try {
      const answer = await encode(asked);
      if (number !== latest) return;
      encoded.value = answer;
      failure.value = null;
    } catch (error) {
      if (number !== latest) return;
      encoded.value = null;
      failure.value = failureOf(error);
    }
    isBusy.value = false;
  }

  watch(
    input,
    (asked) => {
      clearTimeout(timer);
      const number = ++latest;
      isBusy.value = asked !== null;
      if (asked) timer = setTimeout(() => void ask(asked, number), settleMs);
      else {
        encoded.value = null;
        endOther(null);
      }
    },
    { immediate: true },
  );
  onScopeDispose(() => {
    clearTimeout(timer);
    latest++;
    endOther(null);
  });
  return { encoded, failure, isBusy };
}

/** What a tokenizer that is not kept is made from, in a word; null where there is none to be made. */
function madeFrom({ tokenizer, datasetId }: CallInput<'tokenizers.encode'>): string | null {
  if ('tokenizerId' in tokenizer || datasetId === undefined) return null;
  return JSON.stringify([datasetId, tokenizer]);
}
