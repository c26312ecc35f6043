// The runs that wait for the device, in order.

import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import { useBridge } from '../bridge.ts';
import { useConnectionStore } from './connection.ts';

export const useQueueStore = defineStore('queue', () => {
  const bridge = useBridge();
  const runIds = shallowRef<readonly string[]>([]);

  bridge.on('queue.changed', (queue) => {
    runIds.value = queue.runIds;
  });
  useConnectionStore().onReturn(() => void load());

  /** Asks for the order; without an answer the runs' own states still say that they wait. */
  async function load(): Promise<void> {
    try {
      runIds.value = (await bridge.call('runs.queue', {})).runIds;
    } catch {
      runIds.value = [];
    }
  }

  /** Moves a waiting run; 0 is next. Rejects as the call does. */
  async function move(runId: string, position: number): Promise<void> {
    runIds.value = (await bridge.call('runs.moveInQueue', { runId, position })).runIds;
  }

  return { runIds, load, move };
});
