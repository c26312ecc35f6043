// The studio of another process, over its socket: calls go there, events come from there.

import { connect, type Socket } from 'node:net';
import { EngineError } from '../../engine/index.ts';
import {
  events,
  type CallInput,
  type CallName,
  type CallOutput,
  type EventData,
  type EventName,
  type ServerMessage,
  type Studio,
} from '../../preload/contract.ts';
import { EventBus } from '../studio/event-bus.ts';
import { toError } from '../studio/failure.ts';
import { readMessages, writeMessage } from './json-lines.ts';

/** The code of calls that were under way when the owner ended. */
export const ownerGone = 'studio-ended';

interface Pending {
  readonly resolve: (output: never) => void;
  readonly reject: (error: unknown) => void;
}

export class RemoteStudio implements Studio {
  /** Resolves when the owner is gone. */
  readonly ended: Promise<void>;
  private readonly socket: Socket;
  private readonly bus = new EventBus();
  private readonly pending = new Map<number, Pending>();
  private nextId = 1;

  private constructor(socket: Socket) {
    this.socket = socket;
    readMessages(socket, (message) => this.receive(message as ServerMessage));
    this.ended = new Promise((resolve) => {
      socket.on('close', () => {
        const error = new EngineError(ownerGone, 'The window of Heddle that carried this out has ended.', {
          hint: 'Try again: this one takes over.',
        });
        for (const { reject } of this.pending.values()) reject(error);
        this.pending.clear();
        resolve();
      });
    });
  }

  /** Connects to the owner at `path`; null when nobody listens there. */
  static connect(path: string): Promise<RemoteStudio | null> {
    return new Promise((resolve) => {
      const socket = connect(path);
      socket.once('connect', () => resolve(new RemoteStudio(socket)));
      socket.on('error', () => {
        socket.destroy();
        resolve(null);
      });
    });
  }

  call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> {
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve, reject });
      writeMessage(this.socket, { id, call: name, input });
    });
  }

  on<N extends EventName>(name: N, listener: (data: EventData<N>) => void): () => void {
    return this.bus.on(name, listener);
  }

  close(): void {
    this.socket.destroy();
  }

  private receive(message: ServerMessage): void {
    if ('event' in message) {
      if (Object.hasOwn(events, message.event)) this.bus.emit(message.event, message.data as never);
      return;
    }
    const pending = this.pending.get(message.id);
    this.pending.delete(message.id);
    if (message.ok) pending?.resolve(message.output as never);
    else pending?.reject(toError(message.error));
  }
}
