// Whether the studio can be reached, and who wants to ask again when it can be reached after a break.

import { defineStore } from 'pinia';
import { ref } from 'vue';
import { useBridge } from '../bridge.ts';

export const useConnectionStore = defineStore('connection', () => {
  const isConnected = ref(false);
  const wasConnected = ref(false);
  const refetchers = new Set<() => void>();

  useBridge().onConnection((connected) => {
    const isReturn = connected && wasConnected.value && !isConnected.value;
    isConnected.value = connected;
    if (connected) wasConnected.value = true;
    if (isReturn) for (const refetch of refetchers) refetch();
  });

  /** Calls `refetch` after each break in the connection: events were missed meanwhile. */
  function onReturn(refetch: () => void): void {
    refetchers.add(refetch);
  }

  return { isConnected, wasConnected, onReturn };
});
