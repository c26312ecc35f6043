// The studio over a WebSocket of the same origin that comes back by itself: calls and events alone. Calls
// made while there is no connection wait for it. Must not know of files or commands.

import type {
  CallInput,
  CallName,
  CallOutput,
  EventData,
  EventName,
  ServerMessage,
} from '../../preload/contract.ts';
import { StudioError } from '../lib/failure.ts';
import { errorOf } from './answers.ts';
import type { Bridge } from './interface.ts';

const firstRetryMs = 250;
const longestRetryMs = 5_000;

/** Opens the connection and keeps it open; `open` makes one socket. */
export function socketStudio(open: () => WebSocket): Pick<Bridge, 'call' | 'on' | 'onConnection'> {
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
