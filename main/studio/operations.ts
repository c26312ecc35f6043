// The long pieces of work that callers have named: their progress carries the name, and the name can end
// them. Must not know what the work is.

import { EngineError } from '../../engine/index.ts';
import type { AreaHandlers } from './handlers.ts';

/** Work that may be cancelled by the name its caller gave it. */
export class Operations {
  readonly handlers: AreaHandlers<'operations'> = {
    'operations.cancel': ({ operationId }) => {
      // Work that has ended in the meantime is no mistake of whoever cancels it.
      this.running.get(operationId)?.abort(cancelled());
      return {};
    },
  };
  private readonly running = new Map<string, AbortController>();

  /**
   * Does `work` under a name, or without one; its signal is aborted with `operation-cancelled` when the name
   * is cancelled. Throws `operation-busy` when work of that name runs already.
   */
  async run<T>(operationId: string | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    if (operationId === undefined) return work(controller.signal);
    if (this.running.has(operationId)) {
      throw new EngineError('operation-busy', `There is work named "${operationId}" already.`, {
        hint: 'Give each piece of work a name of its own.',
      });
    }
    this.running.set(operationId, controller);
    try {
      return await work(controller.signal);
    } finally {
      this.running.delete(operationId);
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
