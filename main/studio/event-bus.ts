// Carries the contract's events from whoever announces them to whoever listens. Events announce what is so;
// nothing waits for a listener, and a listener that fails does not stop the others.

import type { EventData, EventName } from '../../preload/contract.ts';

type Listener = (data: never) => void;

export class EventBus {
  private readonly listeners = new Map<EventName, Set<Listener>>();

  /** Hears every event of one name until the returned function is called. */
  on<N extends EventName>(name: N, listener: (data: EventData<N>) => void): () => void {
    const group = this.listeners.get(name) ?? new Set<Listener>();
    this.listeners.set(name, group);
    group.add(listener);
    return () => group.delete(listener);
  }

  emit<N extends EventName>(name: N, data: EventData<N>): void {
    for (const listener of this.listeners.get(name) ?? []) {
      try {
        (listener as (data: EventData<N>) => void)(data);
      } catch (error) {
        process.stderr.write(`heddle: a listener of ${name} failed: ${String(error)}\n`);
      }
    }
  }
}
