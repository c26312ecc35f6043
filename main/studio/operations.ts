// The long pieces of work of the studio. Callers may name them: then their progress carries the name, and the
// name can end them. Closing ends all of them. Must not know what the work is.

import { EngineError } from '../../engine/index.ts';
import type { EventBus } from './event-bus.ts';
import type { AreaHandlers } from './handlers.ts';

/** What a piece of work is given. */
export interface Doing {
  /** Aborted with `operation-cancelled` when nobody wants the work any more. */
  readonly signal: AbortSignal;
  /** Says what is going on, in words, and the share done. */
  readonly onProgress: (title: string, value: number | null) => void;
}

/** Work that may be cancelled by the name its caller gave it. */
export class Operations {
  readonly handlers: AreaHandlers<'operations'> = {
    'operations.cancel': ({ operationId }) => {
      // Work that has ended in the meantime is no mistake of whoever cancels it.
      this.running.get(operationId)?.abort(cancelled());
      return {};
    },
  };
  private readonly bus: EventBus;
  /** Work without a name is found by nobody, but ends with all the rest. */
  private readonly running = new Map<string | symbol, AbortController>();

  constructor(bus: EventBus) {
    this.bus = bus;
  }

  /** Does `work` under a name, or without one. Throws `operation-busy` when work of that name runs already. */
  async run<T>(operationId: string | undefined, work: (doing: Doing) => Promise<T>): Promise<T> {
    const key = operationId ?? Symbol();
    if (this.running.has(key)) {
      throw new EngineError('operation-busy', `There is work named "${operationId}" already.`, {
        hint: 'Give each piece of work a name of its own.',
      });
    }
    const controller = new AbortController();
    this.running.set(key, controller);
    const onProgress: Doing['onProgress'] = (title, value) =>
      this.bus.emit('progress', { operationId: operationId ?? null, title, value });
    try {
      return await work({ signal: controller.signal, onProgress });
    } finally {
      this.running.delete(key);
    }
  }

  /** Ends everything that runs; for when the studio closes. */
  cancelAll(): void {
    for (const controller of this.running.values()) controller.abort(cancelled());
  }
}

function cancelled(): EngineError {
  return new EngineError('operation-cancelled', 'The work was cancelled; nothing of it was kept.', {
    hint: 'Start it again when you want it.',
  });
}
