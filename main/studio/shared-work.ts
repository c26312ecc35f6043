// One piece of work that several callers wait for. Each hears its progress and may leave it; it ends when the
// last one has left. Must not know what the work is.

export interface Waiting {
  /** Aborted when the caller no longer waits. */
  readonly signal: AbortSignal;
  readonly onProgress: (title: string, value: number | null) => void;
}

export class SharedWork<T> {
  readonly result: Promise<T>;
  private readonly controller = new AbortController();
  private readonly waiting = new Set<Waiting>();
  private readonly onAbandoned: () => void;

  /** @param onAbandoned called when all have left before the work was done: nobody may join it any more */
  constructor(work: (waiting: Waiting) => Promise<T>, onAbandoned: () => void) {
    this.onAbandoned = onAbandoned;
    const { signal } = this.controller;
    const onProgress: Waiting['onProgress'] = (title, value) => {
      for (const one of this.waiting) one.onProgress(title, value);
    };
    this.result = work({ signal, onProgress });
    // Whoever waits hears of it.
    this.result.catch(() => undefined);
  }

  /** The result, or the reason of the caller's signal as soon as that is aborted. */
  async join(waiting: Waiting): Promise<T> {
    const { signal } = waiting;
    signal.throwIfAborted();
    this.waiting.add(waiting);
    let leave: (() => void) | undefined;
    try {
      const left = new Promise<never>((_, reject) => {
        leave = () => reject(signal.reason as Error);
        signal.addEventListener('abort', leave);
      });
      return await Promise.race([this.result, left]);
    } finally {
      if (leave) signal.removeEventListener('abort', leave);
      this.waiting.delete(waiting);
      if (signal.aborted && this.waiting.size === 0) {
        this.onAbandoned();
        this.controller.abort(signal.reason);
      }
    }
  }
}
