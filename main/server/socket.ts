// One page's connection: calls in, answers and events out, each a JSON text of contract.ts.
// A page that reads too slowly loses events, never the run: it asks for what it missed when it catches up.

import type { RawData, WebSocket } from 'ws';
import { z } from 'zod';
import {
  calls,
  events,
  type CallName,
  type EventName,
  type Failure,
  type ServerMessage,
} from '../../preload/contract.ts';
import { toFailure } from '../studio/failure.ts';
import type { PageDoor } from '../studio/page-door.ts';

/** Unsent bytes above which events to a page are dropped. */
const slowPageBytes = 4 * 1024 * 1024;
/** Calls of one page that may be under way at once. */
const maxPendingCalls = 64;

const clientMessageSchema = z.strictObject({
  id: z.number().int().nonnegative(),
  call: z.enum(Object.keys(calls) as [CallName, ...CallName[]]),
  input: z.unknown(),
});

/** Serves one connection until it closes. */
export function servePage(socket: WebSocket, studio: PageDoor): void {
  let pendingCalls = 0;
  const send = (message: ServerMessage): void => {
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
  };
  const unsubscribe = (Object.keys(events) as EventName[]).map((event) =>
    studio.on(event, (data) => {
      if (socket.bufferedAmount < slowPageBytes) send({ event, data });
    }),
  );
  // A message that is too large or malformed closes the connection; there is nobody left to tell.
  socket.on('error', () => socket.terminate());
  socket.on('close', () => unsubscribe.forEach((stop) => stop()));
  socket.on('message', (data, isBinary) => {
    void (async () => {
      const message = parseMessage(data, isBinary);
      if (!message) {
        socket.close(1008, 'not a call');
        return;
      }
      const { id, call, input } = message;
      if (pendingCalls >= maxPendingCalls) {
        send({ id, ok: false, error: tooManyCalls });
        return;
      }
      pendingCalls++;
      try {
        const output = await studio.call(call, input as never);
        send({ id, ok: true, output });
      } catch (error) {
        send({ id, ok: false, error: toFailure(error) });
      } finally {
        pendingCalls--;
      }
    })();
  });
}

const tooManyCalls: Failure = {
  code: 'too-many-calls',
  message: `More than ${maxPendingCalls} calls of this page are under way.`,
  hint: 'Wait for some of them to end.',
};

function parseMessage(data: RawData, isBinary: boolean): z.infer<typeof clientMessageSchema> | null {
  if (isBinary) return null;
  try {
    const parsed = clientMessageSchema.safeParse(JSON.parse(data.toString()));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
