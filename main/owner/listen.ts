// The owner's side of the socket: every client's calls are carried out by the one studio, every event is
// told to all. A client that reads too slowly loses events, never answers.

import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { z } from 'zod';
import {
  calls,
  events,
  type CallName,
  type EventName,
  type Failure,
  type ServerMessage,
  type Studio,
} from '../../preload/contract.ts';
import { toFailure } from '../studio/failure.ts';
import { readMessages, writeMessage } from './json-lines.ts';

/** Calls of one client that may be under way at once. */
const mostCalls = 256;
/** Unsent bytes above which events to a client are dropped. */
const slowClientBytes = 8 * 1024 * 1024;

const clientMessageSchema = z.strictObject({
  id: z.number().int().nonnegative(),
  call: z.enum(Object.keys(calls) as [CallName, ...CallName[]]),
  input: z.unknown(),
});

export interface OwnerSocket {
  readonly clientCount: number;
  close(): Promise<void>;
}

/** Listens at `path`, which only this user can reach. A socket file that a dead owner left is replaced. */
export async function listenForClients(path: string, studio: Studio): Promise<OwnerSocket> {
  const clients = new Set<Socket>();
  const server = createServer((socket) => {
    clients.add(socket);
    socket.on('close', () => clients.delete(socket));
    socket.on('error', () => socket.destroy());
    serveClient(socket, studio);
  });
  const isFile = process.platform !== 'win32';
  if (isFile) rmSync(path, { force: true });
  await listen(server, path);
  return {
    get clientCount() {
      return clients.size;
    },
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of clients) socket.destroy();
      await closed;
    },
  };
}

const tooManyCalls: Failure = {
  code: 'too-many-calls',
  message: `More than ${mostCalls} calls of this process are under way.`,
  hint: 'Wait for some of them to end.',
};

function listen(server: Server, path: string): Promise<void> {
  // The file appears with these rights; between listening and chmod anyone could have connected.
  const before = process.platform === 'win32' ? null : process.umask(0o177);
  try {
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, () => resolve());
    });
  } finally {
    if (before !== null) process.umask(before);
  }
}

function serveClient(socket: Socket, studio: Studio): void {
  let callCount = 0;
  const send = (message: ServerMessage): void => writeMessage(socket, message);
  const stops = (Object.keys(events) as EventName[]).map((event) =>
    studio.on(event, (data) => {
      if (socket.writableLength < slowClientBytes) send({ event, data });
    }),
  );
  socket.on('close', () => stops.forEach((stop) => stop()));
  readMessages(socket, (message) => {
    const parsed = clientMessageSchema.safeParse(message);
    if (!parsed.success) {
      socket.destroy();
      return;
    }
    const { id, call, input } = parsed.data;
    if (callCount >= mostCalls) {
      send({ id, ok: false, error: tooManyCalls });
      return;
    }
    callCount++;
    studio
      .call(call, input as never)
      .then(
        (output) => send({ id, ok: true, output }),
        (error: unknown) => send({ id, ok: false, error: toFailure(error) }),
      )
      .finally(() => callCount--);
  });
}
