// Weights of other programs that were opened here, kept up to date by events.

import { defineStore } from 'pinia';
import { computed, ref, shallowReactive, shallowRef } from 'vue';
import type { Failure, Ticket, Weights } from '../../preload/contract.ts';
import { useBridge } from '../bridge.ts';
import { failureOf } from '../lib/failure.ts';
import { useConnectionStore } from './connection.ts';
import { useOperationsStore } from './operations.ts';

export const useWeightsStore = defineStore('weights', () => {
  const bridge = useBridge();
  const byId = shallowReactive(new Map<string, Weights>());
  const isLoaded = ref(false);
  const failure = shallowRef<Failure | null>(null);
  const list = computed(() => [...byId.values()].sort((a, b) => b.createdAtMs - a.createdAtMs));

  function put(weights: Weights): Weights {
    byId.set(weights.id, weights);
    return weights;
  }

  bridge.on('weights.updated', put);
  bridge.on('weights.removed', ({ weightsId }) => byId.delete(weightsId));
  useConnectionStore().onReturn(() => void load());

  async function load(): Promise<void> {
    try {
      const all = await bridge.call('weights.list', {});
      byId.clear();
      all.forEach(put);
      isLoaded.value = true;
      failure.value = null;
    } catch (error) {
      failure.value = failureOf(error);
    }
  }

  /** Copies the weights into the home; rejects as the call does. */
  async function open(tickets: readonly Ticket[], name?: string): Promise<Weights> {
    const title = `Opening ${tickets[0]?.name ?? 'weights'}`;
    return useOperationsStore().run(title, async (operationId) => {
      const sources = tickets.map(({ ticket }) => ticket);
      return put(
        await bridge.call('weights.open', { sources, operationId, ...(name === undefined ? {} : { name }) }),
      );
    });
  }

  /** Opens the base model that comes with Heddle; rejects as the call does. */
  const openBase = async (): Promise<Weights> => put(await bridge.call('weights.base', {}));

  async function remove(weightsId: string): Promise<void> {
    await bridge.call('weights.remove', { weightsId });
    byId.delete(weightsId);
  }

  return { byId, list, isLoaded, failure, load, open, openBase, remove };
});
