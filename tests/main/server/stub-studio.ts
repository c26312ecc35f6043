// A studio that answers every call with what it was asked, and lets a test send events.

import type { EventData, EventName, Studio } from '../../../preload/contract.ts';

export interface StubStudio extends Studio {
  readonly asked: { name: string; input: unknown }[];
  emit<N extends EventName>(name: N, data: EventData<N>): void;
  readonly listenerCount: () => number;
}

export function stubStudio(answer: (name: string, input: unknown) => unknown = () => []): StubStudio {
  const asked: { name: string; input: unknown }[] = [];
  const listeners = new Map<string, Set<(data: never) => void>>();
  return {
    asked,
    call(name, input) {
      asked.push({ name, input });
      return Promise.resolve().then(() => answer(name, input)) as never;
    },
    on(name, listener) {
      const set = listeners.get(name) ?? new Set();
      listeners.set(name, set.add(listener as never));
      return () => set.delete(listener as never);
    },
    emit(name, data) {
      for (const listener of listeners.get(name) ?? []) listener(data as never);
    },
    listenerCount: () => [...listeners.values()].reduce((sum, set) => sum + set.size, 0),
  };
}
