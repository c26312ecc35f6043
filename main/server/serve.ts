// The browser host: the same page and the same contract as the desktop, over HTTP and a WebSocket.
// It holds no state of the studio; it checks who asks and passes words on.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { EngineError } from '../../engine/index.ts';
import type { Studio } from '../../preload/contract.ts';
import { createAccess, type Access } from './access.ts';
import { servePage } from './socket.ts';
import { listStaticFiles, securityHeaders, sendStaticFile, type StaticFiles } from './static-files.ts';

/** The largest message a page may send; prompts are far smaller. */
const maxMessageBytes = 8 * 1024 * 1024;
const maxPages = 32;

export interface ServeOptions {
  readonly studio: Studio;
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
export async function serve({ studio, pageFolder, host, port }: ServeOptions): Promise<RunningServer> {
  const files = await listStaticFiles(pageFolder);
  const server = createServer({ requestTimeout: 30_000, headersTimeout: 10_000, maxHeaderSize: 16_384 });
  server.maxConnections = 256;
  await listen(server, host, port);
  const actualPort = (server.address() as AddressInfo).port;
  const access = createAccess(host, actualPort);
  server.on('request', (request, response) => answer(request, response, access, files));

  const pages = new WebSocketServer({ noServer: true, maxPayload: maxMessageBytes, clientTracking: true });
  pages.on('connection', (socket) => servePage(socket, studio));
  server.on('upgrade', (request, socket, head) => {
    const refusal = refuseUpgrade(request, access, pages.clients.size);
    if (refusal) {
      refuse(socket, refusal);
      return;
    }
    pages.handleUpgrade(request, socket, head, (page) => pages.emit('connection', page, request));
  });

  const shownHost =
    host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  return {
    url: `http://${shownHost}:${actualPort}/?code=${access.accessCode}`,
    accessCode: access.accessCode,
    async close() {
      for (const page of pages.clients) page.terminate();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  access: Access,
  files: StaticFiles,
): void {
  const deny = (status: number, text: string): void => {
    response.writeHead(status, { ...securityHeaders, 'Content-Type': 'text/plain; charset=utf-8' }).end(text);
  };
  if (!access.isHostAllowed(request)) return deny(403, 'This host name is not served here.\n');
  if (request.method !== 'GET' && request.method !== 'HEAD') return deny(405, 'Only GET is served here.\n');
  const url = new URL(request.url ?? '/', 'http://studio');
  const code = url.searchParams.get('code');
  if (code !== null && url.pathname === '/') {
    const cookie = access.exchange(code);
    if (!cookie && !access.hasSession(request)) return deny(401, codeHint);
    // The code leaves the address bar, the history and the Referer with this redirect.
    response
      .writeHead(303, { ...securityHeaders, Location: '/', ...(cookie ? { 'Set-Cookie': cookie } : {}) })
      .end();
    return;
  }
  if (!access.hasSession(request)) return deny(401, codeHint);
  sendStaticFile(response, url.pathname, files, request.method === 'GET');
}

const codeHint =
  'Open the address that Heddle printed when it started; it works once. Start it again for a new one.\n';

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
