// Weights of other programs that were opened here, kept up to date by events.

import { defineStore } from 'pinia';
import type { Ticket, Weights } from '../../preload/contract.ts';
import { useBridge } from '../bridge.ts';
import { keptList } from './kept-list.ts';
import { useOperationsStore } from './operations.ts';

export const useWeightsStore = defineStore('weights', () => {
  const bridge = useBridge();
  const { byId, list, isLoaded, failure, put, load } = keptList<Weights>(() =>
    bridge.call('weights.list', {}),
  );

  bridge.on('weights.updated', put);
  bridge.on('weights.removed', ({ weightsId }) => byId.delete(weightsId));

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

  /** Loads a model of the Hub and opens it; `onStart` hears the operation. Rejects as the call does. */
  function openHub(hub: string, onStart: (operationId: string) => void): Promise<Weights> {
    return useOperationsStore().run(`Loading ${hub}`, async (operationId) => {
      onStart(operationId);
      return put(await bridge.call('weights.hub', { hub, operationId }));
    });
  }

  /** Opens the base model that comes with Heddle; rejects as the call does. */
  const openBase = async (): Promise<Weights> => put(await bridge.call('weights.base', {}));

  async function remove(weightsId: string): Promise<void> {
    await bridge.call('weights.remove', { weightsId });
    byId.delete(weightsId);
  }

  return { byId, list, isLoaded, failure, load, open, openHub, openBase, remove };
});
