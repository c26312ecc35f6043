// The browser host: the same page and the same contract as the desktop, over HTTP and a WebSocket.
// It holds no state of the studio; it checks who asks and passes words on.

import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { EngineError } from '../../engine/index.ts';
import type { Studio } from '../../preload/contract.ts';
import { pageDoor } from '../studio/page-door.ts';
import { Tickets } from '../studio/tickets.ts';
import { createAccess, isWildcard, type Access } from './access.ts';
import { answer } from './routes.ts';
import { servePage } from './socket.ts';
import { listStaticFiles } from './static-files.ts';

/** The largest message a page may send; prompts are far smaller. */
const maxMessageBytes = 8 * 1024 * 1024;
const maxPages = 32;
/** A connection on which nothing moves for so long is closed; pages' sockets are not. */
const idleMs = 60_000;

export interface ServeOptions {
  readonly studio: Studio;
  /** The studio's home, where uploads are kept until they are used. */
  readonly home: string;
  /** Folder of the built page. */
  readonly pageFolder: string;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
}

export interface RunningServer {
  /** Works once without typing the code. */
  readonly url: string;
  readonly accessCode: string;
  close(): Promise<void>;
}

/** Listens until closed; throws `port-in-use` or `listen-failed`. */
export async function serve({ studio, home, pageFolder, host, port }: ServeOptions): Promise<RunningServer> {
  const files = await listStaticFiles(pageFolder);
  // A large upload may take long; one that stands still is cut off.
  const server = createServer({ requestTimeout: 0, headersTimeout: 10_000, maxHeaderSize: 16_384 });
  server.setTimeout(idleMs);
  server.maxConnections = 256;
  await listen(server, host, port);
  const actualPort = (server.address() as AddressInfo).port;
  const access = createAccess(host, actualPort);
  const tickets = new Tickets(home);
  const door = pageDoor(studio, tickets);
  server.on('request', (request, response) => void answer(request, response, { access, door, files }));

  const pages = new WebSocketServer({ noServer: true, maxPayload: maxMessageBytes, clientTracking: true });
  pages.on('connection', (socket) => servePage(socket, door));
  server.on('upgrade', (request, socket, head) => {
    const refusal = refuseUpgrade(request, access, pages.clients.size);
    if (refusal) {
      refuse(socket, refusal);
      return;
    }
    pages.handleUpgrade(request, socket, head, (page) => pages.emit('connection', page, request));
  });

  const shownHost = isWildcard(host) ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  return {
    url: `http://${shownHost}:${actualPort}/?code=${access.accessCode}`,
    accessCode: access.accessCode,
    async close() {
      for (const page of pages.clients) page.terminate();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      tickets.close();
    },
  };
}

/** The status line that refuses an upgrade, or null. */
function refuseUpgrade(request: IncomingMessage, access: Access, pageCount: number): string | null {
  if (!access.isHostAllowed(request) || !access.isOriginAllowed(request)) return '403 Forbidden';
  if (!access.hasSession(request)) return '401 Unauthorized';
  if (request.url !== '/ws') return '404 Not Found';
  return pageCount >= maxPages ? '503 Service Unavailable' : null;
}

function refuse(socket: Duplex, status: string): void {
  socket.on('error', () => undefined);
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === 'EADDRINUSE';
      reject(
        new EngineError(
          isTaken ? 'port-in-use' : 'listen-failed',
          isTaken
            ? `Port ${port} on ${host} is taken by another program.`
            : `Cannot listen on ${host}:${port}: ${error.message}`,
          {
            hint: isTaken ? 'Choose another with --port, or 0 for any free one.' : 'Choose another --host.',
            cause: error,
          },
        ),
      );
    });
    server.listen(port, host, () => resolve());
  });
}
