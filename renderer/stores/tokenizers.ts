// The tokenizers that are kept by themselves, kept up to date by events.

import { defineStore } from 'pinia';
import { computed, ref, shallowReactive, shallowRef } from 'vue';
import type { CallInput, CallOutput, Failure, TokenizerRecord } from '../../preload/contract.ts';
import { useBridge } from '../bridge.ts';
import { failureOf } from '../lib/failure.ts';
import { useConnectionStore } from './connection.ts';

export const useTokenizersStore = defineStore('tokenizers', () => {
  const bridge = useBridge();
  const byId = shallowReactive(new Map<string, TokenizerRecord>());
  const isLoaded = ref(false);
  const failure = shallowRef<Failure | null>(null);
  const list = computed(() => [...byId.values()].sort((a, b) => b.createdAtMs - a.createdAtMs));

  function put(tokenizer: TokenizerRecord): TokenizerRecord {
    byId.set(tokenizer.id, tokenizer);
    return tokenizer;
  }

  bridge.on('tokenizer.updated', put);
  bridge.on('tokenizer.removed', ({ tokenizerId }) => byId.delete(tokenizerId));
  useConnectionStore().onReturn(() => void load());

  async function load(): Promise<void> {
    try {
      const all = await bridge.call('tokenizers.list', {});
      byId.clear();
      all.forEach(put);
      isLoaded.value = true;
      failure.value = null;
    } catch (error) {
      failure.value = failureOf(error);
    }
  }

  /** Learns one from a dataset; name the work with an operation to see how far it is. */
  const train = async (input: CallInput<'tokenizers.train'>): Promise<TokenizerRecord> =>
    put(await bridge.call('tokenizers.train', input));

  /** The tokens of a text, for showing; rejects as the call does. */
  const encode = (input: CallInput<'tokenizers.encode'>): Promise<CallOutput<'tokenizers.encode'>> =>
    bridge.call('tokenizers.encode', input);

  async function remove(tokenizerId: string): Promise<void> {
    await bridge.call('tokenizers.remove', { tokenizerId });
    byId.delete(tokenizerId);
  }

  return { byId, list, isLoaded, failure, load, train, encode, remove };
});
