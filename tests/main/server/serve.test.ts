// The browser host over real loopback sockets: what it serves, and everything that it must refuse.

import { once } from 'node:events';
import { mkdtemp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { request, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { EngineError } from '../../../engine/errors.ts';
import type { ServerMessage } from '../../../preload/contract.ts';
import { serve, type RunningServer } from '../../../main/server/serve.ts';
import { stubStudio, type StubStudio } from './stub-studio.ts';

let folder: string;
let server: RunningServer;
let studio: StubStudio;
let port: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heddle-serve-'));
  const page = join(folder, 'page');
  await mkdir(join(page, 'assets'), { recursive: true });
  await writeFile(join(page, 'index.html'), '<!doctype html><title>Heddle</title>');
  await writeFile(join(page, 'assets', 'index-abc.js'), 'export {};');
  await writeFile(join(folder, 'secret.html'), 'secret');
  await symlink(join(folder, 'secret.html'), join(page, 'link.html'));
  studio = stubStudio((name, input) => {
    if (name === 'runs.remove')
      throw new EngineError('run-busy', 'The run is running.', { hint: 'Stop it first.' });
    return { name, input };
  });
  server = await serve({ studio, home: folder, pageFolder: page, host: '127.0.0.1', port: 0 });
  port = Number(new URL(server.url).port);
});

afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

async function signIn(): Promise<string> {
  const { headers } = await get(`/?code=${server.accessCode}`);
  return headers['set-cookie']![0]!.split(';')[0]!;
}

/** The status of an upgrade, 101 when it was accepted. */
function upgrade(headers: Record<string, string>, path = '/ws'): Promise<number> {
  return new Promise((resolve, reject) => {
    const lines = Object.entries({
      Host: `127.0.0.1:${port}`,
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
      ...headers,
    })
      .filter(([, value]) => value !== '')
      .map(([name, value]) => `${name}: ${value}\r\n`);
    const socket = connect(port, '127.0.0.1', () =>
      socket.write(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`),
    );
    socket.once('data', (data) => {
      socket.destroy();
      resolve(Number(data.toString().split(' ')[1]));
    });
    socket.once('error', reject);
  });
}

/** JSON of what JSON can say. */
function stringOf(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return 'circle';
  }
}

describe('the access code', () => {
  it('is exchanged once for a cookie, and leaves the address', async () => {
    const first = await get(`/?code=${server.accessCode}`);
    expect(first.status).toBe(303);
    expect(first.headers.location).toBe('/');
    expect(first.headers['set-cookie']![0]).toMatch(
      /^heddle-\d+=[\w-]{32}; HttpOnly; SameSite=Strict; Path=\/$/,
    );
    expect((await get(`/?code=${server.accessCode}`)).status).toBe(401);
  });

  it('has at least 128 random bits and is new at each start', async () => {
    // 28 letters of an alphabet of 32.
    expect(server.accessCode).toMatch(/^[0-9a-hjkmnp-tv-z]{7}(-[0-9a-hjkmnp-tv-z]{7}){3}$/);
    const other = await serve({
      studio,
      home: folder,
      pageFolder: join(folder, 'page'),
      host: '127.0.0.1',
      port: 0,
    });
    expect(other.accessCode).not.toBe(server.accessCode);
    await other.close();
  });

  it.each(['', 'wrong', 'A'.repeat(10_000)])('is refused when it is "%.10s"', async (code) => {
    expect((await get(`/?code=${code}`)).status).toBe(401);
  });
});

describe('the page', () => {
  it('is served with headers that allow nothing from elsewhere', async () => {
    const { status, headers, body } = await get('/', { Cookie: await signIn() });
    expect(status).toBe(200);
    expect(body).toContain('<title>Heddle</title>');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['content-security-policy']).not.toContain('unsafe');
    expect(headers['x-content-type-options']).toBe('nosniff');
  });

  it('needs the cookie', async () => {
    expect((await get('/')).status).toBe(401);
    expect((await get('/assets/index-abc.js', { Cookie: `heddle-${port}=wrong` })).status).toBe(401);
  });

  it.each([
    '/../secret.html',
    '/..%2fsecret.html',
    '/%2e%2e/secret.html',
    '/assets/../../secret.html',
    '/assets/..\\..\\secret.html',
    '//etc/passwd',
    '/link.html',
    '/index.html%00.js',
    '/assets',
  ])('does not answer %s', async (path) => {
    const { status, body } = await get(path, { Cookie: await signIn() });
    expect([400, 404]).toContain(status);
    expect(body).not.toContain('secret');
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('refuses %s', async (method) => {
    expect((await get('/', { Cookie: await signIn() }, method)).status).toBe(405);
  });
});

describe('a question with a body', () => {
  it('is refused before the body is waited for', async () => {
    const cookie = await signIn();
    for (const header of ['Content-Length: 100000', 'Transfer-Encoding: chunked']) {
      const head = `GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nCookie: ${cookie}\r\n${header}\r\n\r\n`;
      const socket = connect(port, '127.0.0.1', () => socket.write(head));
      const [answer] = (await once(socket, 'data')) as [Buffer];
      socket.destroy();
      expect(answer.toString()).toMatch(/^HTTP\/1\.1 400 /);
    }
  });
});

describe('a request under another name', () => {
  it.each([
    'evil.example',
    'evil.example:80',
    '127.0.0.1',
    '127.0.0.1:1',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'localhost:',
    '0.0.0.0',
    '169.254.169.254',
    'user@127.0.0.1',
    '[::1]',
    'LOCALHOST.',
    '2130706433',
  ])('Host %s is refused on the page, on a file and on an upgrade', async (host) => {
    const cookie = await signIn();
    expect((await get('/', { Host: host, Cookie: cookie })).status).toBe(403);
    expect((await get('/assets/index-abc.js', { Host: host, Cookie: cookie })).status).toBe(403);
    expect(await upgrade({ Host: host, Origin: `http://${host}`, Cookie: cookie })).not.toBe(101);
  });
});

describe('an upgrade', () => {
  it('is accepted from our own page', async () => {
    const cookie = await signIn();
    expect(await upgrade({ Origin: `http://127.0.0.1:${port}`, Cookie: cookie })).toBe(101);
  });

  it.each([
    ['no origin', ''],
    ['the null origin', 'null'],
    ['another site', 'https://evil.example'],
    ['another port', 'http://127.0.0.1:1'],
    ['another scheme', 'https://127.0.0.1'],
    ['another loopback name', 'http://localhost'],
    ['our name as a prefix', 'http://127.0.0.1.evil.example'],
  ])('with %s is refused', async (_, origin) => {
    const cookie = await signIn();
    const named = origin === 'http://localhost' ? `http://localhost:${port}` : origin;
    expect(await upgrade({ Origin: named, Cookie: cookie })).toBe(403);
  });

  it('needs the cookie and the right path', async () => {
    const origin = `http://127.0.0.1:${port}`;
    expect(await upgrade({ Origin: origin })).toBe(401);
    expect(await upgrade({ Origin: origin, Cookie: await signIn() }, '/other')).toBe(404);
  });
});

describe('a connected page', () => {
  async function connected(): Promise<{ socket: WebSocket; next: () => Promise<ServerMessage> }> {
    const cookie = await signIn();
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, {
      headers: { Cookie: cookie, Origin: `http://127.0.0.1:${port}` },
    });
    const arrived: ServerMessage[] = [];
    const waiting: ((message: ServerMessage) => void)[] = [];
    socket.on('message', (data) => {
      const message = JSON.parse(data.toString()) as ServerMessage;
      const taker = waiting.shift();
      if (taker) taker(message);
      else arrived.push(message);
    });
    await new Promise((resolve) => socket.once('open', resolve));
    const next = (): Promise<ServerMessage> =>
      new Promise((resolve) => {
        const message = arrived.shift();
        if (message) resolve(message);
        else waiting.push(resolve);
      });
    return { socket, next };
  }

  it('calls the studio and hears its events', async () => {
    const { socket, next } = await connected();
    socket.send(JSON.stringify({ id: 1, call: 'runs.get', input: { runId: 'a' } }));
    expect(await next()).toEqual({ id: 1, ok: true, output: { name: 'runs.get', input: { runId: 'a' } } });
    studio.emit('run.removed', { runId: 'a' });
    expect(await next()).toEqual({ event: 'run.removed', data: { runId: 'a' } });
    socket.close();
  });

  it('gets a failure with its code and hint', async () => {
    const { socket, next } = await connected();
    socket.send(JSON.stringify({ id: 2, call: 'runs.remove', input: { runId: 'a' } }));
    const error = { code: 'run-busy', message: 'The run is running.', hint: 'Stop it first.' };
    expect(await next()).toEqual({ id: 2, ok: false, error });
    socket.close();
  });

  it.each([
    ['text that is no JSON', 'hello'],
    ['an unknown call', JSON.stringify({ id: 1, call: 'process.exit', input: {} })],
    ['an inherited name', JSON.stringify({ id: 1, call: 'constructor', input: {} })],
    ['an extra key', JSON.stringify({ id: 1, call: 'runs.list', input: {}, more: 1 })],
  ])('is hung up on after %s', async (_, text) => {
    const { socket } = await connected();
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    socket.send(text);
    expect(await closed).toBe(1008);
    expect(studio.asked).toEqual([]);
  });

  it('cannot break the host with whatever it says', async () => {
    const cookie = await signIn();
    const origin = `http://127.0.0.1:${port}`;
    const message = fc.oneof(
      fc.json(),
      fc.string(),
      fc.record({ id: fc.anything(), call: fc.anything(), input: fc.jsonValue() }).map((it) => stringOf(it)),
      fc
        .record({ id: fc.nat(), call: fc.constantFrom('runs.list', 'weights.open'), input: fc.jsonValue() })
        .map((it) => stringOf(it)),
    );
    const anyMessage = fc.asyncProperty(message, async (words) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, {
        headers: { Cookie: cookie, Origin: origin },
      });
      await once(socket, 'open');
      const end = Promise.race([once(socket, 'message'), once(socket, 'close')]);
      socket.send(words);
      await end;
      socket.terminate();
    });
    await fc.assert(anyMessage, { seed: 20_261_124, numRuns: 100 });
    expect((await get('/', { Cookie: cookie })).status).toBe(200);
  });

  it('is hung up on after a message that is too large', async () => {
    const { socket } = await connected();
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    socket.send('x'.repeat(9 * 1024 * 1024));
    expect(await closed).not.toBe(1000);
  });

  it('leaves no listener behind', async () => {
    const { socket, next } = await connected();
    socket.send(JSON.stringify({ id: 1, call: 'runs.list', input: {} }));
    await next();
    expect(studio.listenerCount()).toBeGreaterThan(0);
    socket.close();
    await expect.poll(() => studio.listenerCount()).toBe(0);
  });
});
