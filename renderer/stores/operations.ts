// Long pieces of work that this page asked for: how far each is, what is left, and how to end one.

import { defineStore } from 'pinia';
import { computed, shallowReactive } from 'vue';
import { useBridge } from '../bridge.ts';
import { freshId } from '../lib/fresh-id.ts';

export interface Operation {
  readonly id: string;
  readonly title: string;
  /** From 0 to 1, or null where no one knows. */
  readonly value: number | null;
  readonly startedAtMs: number;
  /** From the pace so far. */
  readonly etaMs: number | null;
  /** The user asked for its end. */
  readonly isEnding: boolean;
}

/** Too little is done before this to tell a pace from. */
const smallestShare = 0.02;

export const useOperationsStore = defineStore('operations', () => {
  const bridge = useBridge();
  const byId = shallowReactive(new Map<string, Operation>());
  const active = computed(() => [...byId.values()]);

  /** Says how far a piece of work is that the page itself does, such as an upload. */
  function report(id: string, value: number | null, title?: string): void {
    const known = byId.get(id);
    if (!known) return;
    const spentMs = Date.now() - known.startedAtMs;
    const etaMs = value !== null && value >= smallestShare ? (spentMs / value) * (1 - value) : null;
    byId.set(id, { ...known, title: title || known.title, value, etaMs });
  }

  bridge.on('progress', ({ operationId, title, value }) => {
    if (operationId !== null) report(operationId, value, title);
  });

  /**
   * Does `work` under a name of its own and shows it meanwhile, from `shownAfterMs` on; gives what the work gives.
   */
  async function run<T>(
    title: string,
    work: (operationId: string) => Promise<T>,
    shownAfterMs = 0,
  ): Promise<T> {
    const id = `page-${freshId()}`;
    const startedAtMs = Date.now();
    const show = (): void => {
      byId.set(id, { id, title, value: null, startedAtMs, etaMs: null, isEnding: false });
    };
    const timer = shownAfterMs > 0 ? setTimeout(show, shownAfterMs) : undefined;
    if (timer === undefined) show();
    try {
      return await work(id);
    } finally {
      clearTimeout(timer);
      byId.delete(id);
    }
  }

  /** Asks for the end of one; the work itself then rejects. */
  async function cancel(id: string): Promise<void> {
    const known = byId.get(id);
    if (known?.isEnding) return;
    if (known) byId.set(id, { ...known, isEnding: true });
    await bridge.call('operations.cancel', { operationId: id });
  }

  return { byId, active, run, report, cancel };
});
