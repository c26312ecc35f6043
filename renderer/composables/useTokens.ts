// The tokens of a text that changes: asked for a moment after the last change, and only the latest answer is
// shown.

import { onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue';
import type { CallInput, CallOutput, Failure } from '../../preload/contract.ts';
import { failureOf } from '../lib/failure.ts';
import { useTokenizersStore } from '../stores/tokenizers.ts';

type Encoded = CallOutput<'tokenizers.encode'>;

const settleMs = 200;

/** Follows `input`; null where there is nothing to ask. */
export function useTokens(input: () => CallInput<'tokenizers.encode'> | null): {
  encoded: ShallowRef<Encoded | null>;
  failure: ShallowRef<Failure | null>;
  isBusy: Ref<boolean>;
} {
  const tokenizers = useTokenizersStore();
  const encoded = shallowRef<Encoded | null>(null);
  const failure = shallowRef<Failure | null>(null);
  const isBusy = ref(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let latest = 0;

  async function ask(asked: CallInput<'tokenizers.encode'>, number: number): Promise<void> {
    try {
      const answer = await tokenizers.encode(asked);
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
      else encoded.value = null;
    },
    { immediate: true },
  );
  onScopeDispose(() => {
    clearTimeout(timer);
    latest++;
  });
  return { encoded, failure, isBusy };
}
