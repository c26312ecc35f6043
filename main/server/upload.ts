// Takes one file a page sends: a stream to the disk as fast as the disk takes it, answered with a ticket.
// Who may send was decided before; where the file lies is never told.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import { EngineError } from '../../engine/index.ts';
import type { Failure } from '../../preload/contract.ts';
import { toFailure } from '../studio/failure.ts';
import type { Tickets } from '../studio/tickets.ts';
import { securityHeaders } from './static-files.ts';

/** How long a refused sender may go on sending, so that it reads the answer instead of a broken connection. */
const drainMs = 2_000;

const statuses: Record<string, number> = { 'disk-full': 507, 'too-many-uploads': 503, internal: 500 };

/** Receives an upload and answers it. */
export async function receiveUpload(
  request: IncomingMessage,
  response: ServerResponse,
  tickets: Tickets,
): Promise<void> {
  try {
    const ticket = await tickets.receive(bodyOf(request), arrivalOf(request));
    response.writeHead(200, jsonHeaders).end(JSON.stringify(ticket));
  } catch (error) {
    refuseUpload(request, response, toFailure(error));
  }
}

/**
 * What the request carries, as a stream that can fail by itself: whoever writes it to the disk destroys what
 * it reads from when the disk fails, and the connection is still needed for the answer then.
 */
function bodyOf(request: IncomingMessage): PassThrough {
  const body = new PassThrough();
  body.on('error', () => undefined);
  request.once('close', () => {
    if (!request.complete) body.destroy(new Error('The sender has broken off.'));
  });
  return request.pipe(body);
}

/** Answers a failure to a request whose body nobody reads. */
export function refuseUpload(request: IncomingMessage, response: ServerResponse, failure: Failure): void {
  if (request.destroyed && !request.complete) return;
  const status = statuses[failure.code] ?? 400;
  response.writeHead(status, { ...jsonHeaders, Connection: 'close' }).end(JSON.stringify(failure));
  drain(request);
}

/** Reads on for a moment what nobody wants, then hangs up. */
export function drain(request: IncomingMessage): void {
  if (request.complete) return;
  const timeout = setTimeout(() => request.socket.destroy(), drainMs);
  timeout.unref();
  request.unpipe();
  request.on('error', () => undefined);
  request.once('close', () => clearTimeout(timeout));
  request.resume();
}

const jsonHeaders = { ...securityHeaders, 'Content-Type': 'application/json', 'Cache-Control': 'no-store' };

function arrivalOf({ headers }: IncomingMessage) {
  const declaredBytes = Number(headers['content-length'] ?? 0);
  return {
    name: decoded(headers['x-heddle-name']) ?? 'file',
    relativePath: decoded(headers['x-heddle-path']),
    folderTicket: one(headers['x-heddle-folder']),
    declaredBytes: Number.isSafeInteger(declaredBytes) && declaredBytes > 0 ? declaredBytes : 0,
  };
}

const one = (value: string | string[] | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

function decoded(value: string | string[] | undefined): string | undefined {
  const text = one(value);
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch (cause) {
    throw new EngineError('upload-name-refused', 'The name of the file could not be read.', {
      hint: 'Rename it and drop it again.',
      cause,
    });
  }
}
