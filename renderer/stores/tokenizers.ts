// The tokenizers that are kept by themselves, kept up to date by events.

import { defineStore } from 'pinia';
import type { CallInput, CallOutput, TokenizerRecord } from '../../preload/contract.ts';
import { useBridge } from '../bridge.ts';
import { keptList } from './kept-list.ts';

export const useTokenizersStore = defineStore('tokenizers', () => {
  const bridge = useBridge();
  const { byId, list, isLoaded, failure, put, load } = keptList<TokenizerRecord>(() =>
    bridge.call('tokenizers.list', {}),
  );

  bridge.on('tokenizer.updated', put);
  bridge.on('tokenizer.removed', ({ tokenizerId }) => byId.delete(tokenizerId));

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
