// Files that the user dropped or chose, as tickets, until a place takes them: texts and tables go to the
// datasets, models of other programs to the weights.

import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import type { Ticket } from '../../preload/contract.ts';
import { useBridge } from '../bridge.ts';
import { areWeights, isWeightsDrop } from '../lib/weights-drop.ts';
import { useOperationsStore } from './operations.ts';

export interface Incoming {
  readonly tickets: readonly Ticket[];
  readonly kind: 'data' | 'weights';
}

export const useIncomingStore = defineStore('incoming', () => {
  const bridge = useBridge();
  const current = shallowRef<Incoming | null>(null);

  function put(next: Incoming | null): Incoming | null {
    if (current.value) void release(current.value.tickets);
    current.value = next;
    return next;
  }

  /** What came in, which is then no longer waiting. */
  function take(): Incoming | null {
    const taken = current.value;
    current.value = null;
    return taken;
  }

  /** Tells the studio that tickets are not wanted any more. */
  async function release(tickets: readonly Ticket[]): Promise<void> {
    await bridge
      .call('tickets.release', { tickets: tickets.map(({ ticket }) => ticket) })
      .catch(() => undefined);
  }

  function collect(
    title: string,
    work: (onProgress: (share: number, name: string) => void) => Promise<Ticket[]>,
  ): Promise<Ticket[]> {
    const operations = useOperationsStore();
    return operations.run(title, (id) =>
      work((share, name) => operations.report(id, share, `Reading ${name}`)),
    );
  }

  /** Takes a drop; call it while the drop event runs. Gives null where nothing came. */
  async function takeDrop(dropped: DataTransfer): Promise<Incoming | null> {
    const entries = [...dropped.items].flatMap((item) => item.webkitGetAsEntry?.() ?? []);
    const names = [...dropped.files].map(({ name }) => name);
    const asked = collect('Reading the files', (onProgress) => bridge.admitDropped(dropped, onProgress));
    const isWeights = areWeights(names) || (await isWeightsDrop(entries));
    const tickets = await asked;
    return tickets.length === 0 ? null : put({ tickets, kind: isWeights ? 'weights' : 'data' });
  }

  /** Asks the user for files, or for a folder. Gives null where they chose nothing. */
  async function choose(kind: Incoming['kind'], isFolder: boolean): Promise<Incoming | null> {
    const tickets = await collect('Reading the files', (onProgress) =>
      bridge.choose({ kind, isFolder }, onProgress),
    );
    return tickets.length === 0 ? null : put({ tickets, kind });
  }

  return { current, take, takeDrop, choose, release };
});
