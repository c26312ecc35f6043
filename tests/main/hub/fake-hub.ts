// A server that speaks the part of the Hub's protocol that Heddle uses: listings, ranges, redirects to where the
// large files lie; and that can be told to misbehave.

import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeHub {
  readonly endpoint: string;
  /** What was asked for, as "path range". */
  readonly asked: string[];
  /** Authorization that came to the storage, which must be none. */
  readonly storageTokens: (string | undefined)[];
  /** Breaks the connection once after so many bytes of the next large file. */
  cutAfterBytes: number | null;
  /** Sends other bytes than it announced. */
  lies: 'no' | 'hash' | 'larger';
  close(): Promise<void>;
}

/** Serves files of `owner/model` (or a dataset of that name); large ones lie in a storage behind a redirect. */
export async function startFakeHub(
  files: Readonly<Record<string, Buffer>>,
  { token = null as string | null, largeBytes = 1_000 } = {},
): Promise<FakeHub> {
  const sha = (kind: string, ...parts: (string | Buffer)[]): string => {
    const hash = createHash(kind);
    for (const part of parts) hash.update(part);
    return hash.digest('hex');
  };
  const isLarge = (bytes: Buffer): boolean => bytes.length >= largeBytes;
  const storage = await listen((request, response) => {
    const path = decodeURIComponent(request.url!.slice(1));
    hub.storageTokens.push(request.headers.authorization);
    send(request, response, path, files[path]!);
  });
  const server = await listen((request, response) => {
    const url = new URL(request.url!, 'http://hub');
    if (token !== null && request.headers.authorization !== `Bearer ${token}`) {
      response.writeHead(401).end();
      return;
    }
    const tree = /^\/api\/(?:model|dataset)s\/owner\/name\/tree\/main$/.exec(url.pathname);
    const resolve = /^\/(?:datasets\/)?owner\/name\/resolve\/main\/(.+)$/.exec(url.pathname);
    const path = resolve && decodeURIComponent(resolve[1]!);
    if (tree) {
      const entries = Object.entries(files).map(([name, bytes]) => ({
        type: 'file',
        path: name,
        size: bytes.length,
        oid: sha('sha1', `blob ${bytes.length}\0`, bytes),
        ...(isLarge(bytes)
          ? { lfs: { oid: sha('sha256', bytes), size: bytes.length, pointerSize: 130 } }
          : {}),
      }));
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(entries));
    } else if (path && files[path]) {
      if (isLarge(files[path])) response.writeHead(302, { location: `${addressOf(storage)}/${path}` }).end();
      else send(request, response, path, files[path]);
    } else {
      response.writeHead(404).end();
    }
  });

  function send(request: IncomingMessage, response: ServerResponse, path: string, whole: Buffer): void {
    const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
    const from = range ? Number(range[1]) : 0;
    hub.asked.push(`${path} ${from}`);
    const changed = Buffer.from(whole);
    if (hub.lies === 'hash') changed[whole.length - 1]! ^= 1;
    const bytes = hub.lies === 'larger' ? Buffer.concat([changed, Buffer.from('more')]) : changed;
    response.writeHead(range ? 206 : 200, { 'content-length': bytes.length - from });
    if (hub.cutAfterBytes !== null && isLarge(whole)) {
      response.write(bytes.subarray(from, from + hub.cutAfterBytes), () =>
        // What was sent is to arrive before the end does.
        setTimeout(() => response.destroy(), 100),
      );
      hub.cutAfterBytes = null;
    } else {
      response.end(bytes.subarray(from));
    }
  }

  const hub: FakeHub = {
    endpoint: addressOf(server),
    asked: [],
    storageTokens: [],
    cutAfterBytes: null,
    lies: 'no',
    async close() {
      for (const one of [server, storage]) {
        one.closeAllConnections();
        await new Promise((resolve) => one.close(resolve));
      }
    },
  };
  return hub;
}

function listen(handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<Server> {
  const server = createServer(handler);
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

const addressOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
