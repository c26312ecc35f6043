// The only file that knows how words reach the studio: the two functions of Electron's preload where there are
// any, else a WebSocket of the same origin that comes back by itself. Holds no state of the studio.

import type {
  CallInput,
  CallName,
  CallOutput,
  EventData,
  EventName,
  ServerMessage,
  Studio,
} from '../preload/contract.ts';
import { isFailure, StudioError } from './lib/failure.ts';

export interface Bridge extends Studio {
  /** Hears whether the studio can be reached, at once and on every change, until the returned function is called. */
  onConnection(listener: (isConnected: boolean) => void): () => void;
}

/** What preload/index.ts puts on the window. */
interface DesktopStudio {
  call(name: string, input: unknown): Promise<{ ok: true; output: unknown } | { ok: false; error: unknown }>;
  on(name: string, listener: (data: unknown) => void): () => void;
}

const firstRetryMs = 250;
const longestRetryMs = 5_000;

let current: Bridge | undefined;

/** The page's bridge, made on first use. */
export function useBridge(): Bridge {
  current ??= createBridge();
  return current;
}

/** Replaces the bridge; tests give a studio of their own. */
export function setBridge(bridge: Bridge): void {
  current = bridge;
}

function createBridge(): Bridge {
  const { studio } = window as Window & { studio?: DesktopStudio };
  if (studio) return desktopBridge(studio);
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  return socketBridge(() => new WebSocket(`${scheme}://${location.host}/ws`));
}

/** A bridge over the functions of the preload script. */
export function desktopBridge(studio: DesktopStudio): Bridge {
  return {
    async call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> {
      // Reactive proxies cannot be cloned across the bridge; settings are plain data.
      const answer = await studio.call(name, JSON.parse(JSON.stringify(input)));
      if (answer.ok) return answer.output as CallOutput<N>;
      throw errorOf(answer.error);
    },
    on: (name, listener) => studio.on(name, listener as (data: unknown) => void),
    onConnection(listener) {
      listener(true);
      return () => undefined;
    },
  };
}

/** A bridge over a WebSocket; calls made while there is no connection wait for it. */
export function socketBridge(open: () => WebSocket): Bridge {
  const listeners = new Map<string, Set<(data: never) => void>>();
  const connectionListeners = new Set<(isConnected: boolean) => void>();
  const pending = new Map<
    number,
    { text: string; isSent: boolean; resolve: (output: unknown) => void; reject: (error: Error) => void }
  >();
  let socket: WebSocket;
  let isConnected = false;
  let nextId = 1;
  let retryMs = firstRetryMs;

  const setConnected = (value: boolean): void => {
    if (isConnected === value) return;
    isConnected = value;
    for (const listener of connectionListeners) listener(value);
  };

  const connect = (): void => {
    socket = open();
    socket.addEventListener('open', () => {
      retryMs = firstRetryMs;
      for (const call of pending.values()) {
        socket.send(call.text);
        call.isSent = true;
      }
      setConnected(true);
    });
    socket.addEventListener('message', ({ data }) => hear(JSON.parse(String(data)) as ServerMessage));
    socket.addEventListener('close', () => {
      setConnected(false);
      // Whether a call that was sent took effect cannot be known; one that waits is sent later.
      for (const [id, call] of pending) {
        if (!call.isSent) continue;
        pending.delete(id);
        call.reject(new StudioError(connectionLost));
      }
      setTimeout(connect, retryMs);
      retryMs = Math.min(longestRetryMs, retryMs * 2);
    });
  };

  const hear = (message: ServerMessage): void => {
    if ('event' in message) {
      for (const listener of listeners.get(message.event) ?? []) listener(message.data as never);
      return;
    }
    const call = pending.get(message.id);
    pending.delete(message.id);
    if (message.ok) call?.resolve(message.output);
    else call?.reject(errorOf(message.error));
  };

  connect();
  return {
    call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> {
      return new Promise((resolve, reject) => {
        const id = nextId++;
        const text = JSON.stringify({ id, call: name, input });
        pending.set(id, { text, isSent: isConnected, resolve: resolve as (output: unknown) => void, reject });
        if (isConnected) socket.send(text);
      });
    },
    on<N extends EventName>(name: N, listener: (data: EventData<N>) => void): () => void {
      const set = listeners.get(name) ?? new Set();
      listeners.set(name, set.add(listener as (data: never) => void));
      return () => set.delete(listener as (data: never) => void);
    },
    onConnection(listener) {
      connectionListeners.add(listener);
      listener(isConnected);
      return () => connectionListeners.delete(listener);
    },
  };
}

const connectionLost = {
  code: 'connection-lost',
  message: 'The connection to Heddle was lost before it answered.',
  hint: 'The page connects again by itself; look whether it took effect, then try again.',
};

function errorOf(error: unknown): Error {
  return isFailure(error) ? new StudioError(error) : new Error(String(error));
}
