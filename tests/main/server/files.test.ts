// Files over the browser host, on real loopback sockets: uploads that stream to the disk, downloads that
// stream from it, and the page on which a person types the code. What is refused, and what is left behind.

import { existsSync } from 'node:fs';
import {
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  realpath,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { serve, type RunningServer } from '../../../main/server/serve.ts';
import type { ServerMessage, Ticket } from '../../../preload/contract.ts';
import { stubStudio, type StubStudio } from './stub-studio.ts';

let home: string;
let server: RunningServer;
let studio: StubStudio;
let port: number;

beforeEach(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), 'heddle-files-')));
  const pageFolder = join(home, 'page');
  await mkdir(pageFolder);
  await writeFile(join(pageFolder, 'index.html'), '<!doctype html><title>Studio</title>');
  studio = stubStudio((name) =>
    name === 'export.run' ? { path: join(home, 'exports', 'größe-1'), downloadId: 'd1' } : {},
  );
  server = await serve({ studio, home, pageFolder, host: '127.0.0.1', port: 0 });
  port = Number(new URL(server.url).port);
});

afterEach(async () => {
  await server.close();
  await rm(home, { recursive: true });
});

type Headers = Record<string, string>;

function begin(method: string, path: string, headers: Headers): ClientRequest {
  return request({ host: '127.0.0.1', port, path, method, headers });
}

const answerTo = (sent: ClientRequest): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => sent.once('response', resolve).once('error', reject));

async function ask(method: string, path: string, headers: Headers = {}, body?: string | Buffer) {
  const sent = begin(method, path, headers);
  sent.end(body);
  const response = await answerTo(sent);
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

const origin = (): Headers => ({ Origin: `http://127.0.0.1:${port}` });

async function signedIn(): Promise<Headers> {
  const { headers } = await ask('GET', `/?code=${server.accessCode}`);
  return { ...origin(), Cookie: headers['set-cookie']![0]!.split(';')[0]! };
}

const named = (name: string, more: Headers = {}): Headers => ({
  'X-Heddle-Name': encodeURIComponent(name),
  ...more,
});

const uploads = (): Promise<string[]> => readdir(join(home, 'uploads')).catch(() => []);

/** Makes one call over the page's socket. */
async function call(cookie: Headers, name: string, input: unknown): Promise<ServerMessage> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, { headers: cookie });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const answer = new Promise<string>((resolve) => socket.once('message', (data) => resolve(String(data))));
  socket.send(JSON.stringify({ id: 1, call: name, input }));
  const message = JSON.parse(await answer) as ServerMessage;
  socket.close();
  return message;
}

describe('an upload', () => {
  it('lies on the disk and is named by a ticket that a call can use', async () => {
    const headers = await signedIn();
    const bytes = Buffer.alloc(3_000_000, 'wool ');
    const { status, body } = await ask('POST', '/upload', { ...headers, ...named('größe #1.txt') }, bytes);
    expect(status).toBe(200);
    const ticket = JSON.parse(body) as Ticket;
    expect(ticket).toMatchObject({ name: 'größe #1.txt', sizeBytes: 3_000_000, isFolder: false });
    expect(body).not.toContain(home);
    expect(await call(headers, 'datasets.import', { sources: [ticket.ticket] })).toMatchObject({ ok: true });
    const { sources } = studio.asked[0]!.input as { sources: string[] };
    expect((await readFile(sources[0]!)).equals(bytes)).toBe(true);
    await call(headers, 'tickets.release', { tickets: [ticket.ticket] });
    expect(await uploads()).toEqual([]);
  });

  it('of a folder shares one ticket', async () => {
    const headers = await signedIn();
    const first = await ask(
      'POST',
      '/upload',
      { ...headers, ...named('config.json', { 'X-Heddle-Path': 'tiny%2Fconfig.json' }) },
      '{}',
    );
    const { ticket } = JSON.parse(first.body) as Ticket;
    const more = { 'X-Heddle-Path': 'tiny%2Fmodel.bin', 'X-Heddle-Folder': ticket };
    const second = await ask('POST', '/upload', { ...headers, ...named('model.bin', more) }, '12345');
    expect(JSON.parse(second.body)).toEqual({ ticket, name: 'tiny', sizeBytes: 7, isFolder: true });
  });

  it.each([
    ['without the cookie', { Cookie: '' }, 401],
    ['without an origin', { Origin: '' }, 403],
    ['from another site', { Origin: 'https://evil.example' }, 403],
    ['from the null origin', { Origin: 'null' }, 403],
    ['under another host name', { Host: 'evil.example' }, 403],
  ])('%s is refused, and nothing is written', async (_, change, status) => {
    const given = { ...(await signedIn()), ...named('a.txt'), ...change };
    const headers = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''));
    expect((await ask('POST', '/upload', headers, 'x')).status).toBe(status);
    expect(await uploads()).toEqual([]);
  });

  it.each(['..', '%2e%2e%2fup.txt', 'a%00b', '%E0%A4%A'])('called %s is refused', async (name) => {
    const headers = { ...(await signedIn()), 'X-Heddle-Name': name };
    const { status, body } = await ask('POST', '/upload', headers, 'x');
    expect([status, JSON.parse(body)]).toMatchObject([400, { code: 'upload-name-refused' }]);
    expect(existsSync(join(home, 'up.txt'))).toBe(false);
    expect(await uploads()).toEqual([]);
  });

  it('that fails after it began is answered with the reason', async () => {
    const headers = { ...(await signedIn()), ...named('a', { 'X-Heddle-Path': 'f%2Fa' }) };
    const first = await ask('POST', '/upload', headers, 'first');
    const folder = { 'X-Heddle-Folder': (JSON.parse(first.body) as Ticket).ticket };
    const again = await ask('POST', '/upload', { ...headers, ...folder }, Buffer.alloc(3_000_000));
    expect([again.status, JSON.parse(again.body)]).toMatchObject([400, { code: 'upload-exists' }]);
  });

  it('that is announced larger than the disk is refused before it is sent', async () => {
    const headers = { ...(await signedIn()), ...named('a.bin'), 'Content-Length': String(2 ** 50) };
    const sent = begin('POST', '/upload', headers);
    sent.on('error', () => undefined);
    sent.write('x');
    const response = await answerTo(sent);
    expect(response.statusCode).toBe(507);
    expect(JSON.parse(await text(response))).toMatchObject({ code: 'disk-full' });
    sent.destroy();
    expect(await uploads()).toEqual([]);
  });

  it('that breaks off leaves nothing', async () => {
    const sent = begin('POST', '/upload', {
      ...(await signedIn()),
      ...named('a.txt'),
      'Content-Length': '1000',
    });
    sent.on('error', () => undefined);
    sent.write('some');
    await expect.poll(uploads).toHaveLength(1);
    sent.destroy();
    await expect.poll(uploads).toEqual([]);
  });

  it('is gone when the host ends', async () => {
    await ask('POST', '/upload', { ...(await signedIn()), ...named('a.txt') }, 'x');
    expect(await uploads()).toHaveLength(1);
    await server.close();
    expect(await uploads()).toEqual([]);
    server = await serve({ studio, home, pageFolder: join(home, 'page'), host: '127.0.0.1', port: 0 });
  });
});

describe('a page', () => {
  it('may not name a path', async () => {
    const answer = await call(await signedIn(), 'datasets.import', { sources: ['/etc/passwd'] });
    expect(answer).toMatchObject({ ok: false, error: { code: 'path-not-allowed' } });
    expect(studio.asked).toEqual([]);
  });
});

describe('a download', () => {
  const weights = Buffer.alloc(2_000_000, 'weights');

  async function exported(): Promise<Headers> {
    const folder = join(home, 'exports', 'größe-1');
    await mkdir(join(folder, 'deep'), { recursive: true });
    await writeFile(join(folder, 'model.safetensors'), weights);
    await writeFile(join(folder, 'deep', 'card.md'), 'A card.');
    await symlink('/etc/passwd', join(folder, 'link'));
    const headers = await signedIn();
    await call(headers, 'export.run', { checkpoint: 'run', format: 'pth' });
    return headers;
  }

  it('is a zip of the folder, of the announced size, links left out', async () => {
    const sent = begin('GET', '/download/d1.zip', await exported());
    sent.end();
    const response = await answerTo(sent);
    expect(response.statusCode).toBe(200);
    const { headers } = response;
    expect(headers['content-disposition']).toBe(
      `attachment; filename="gr__e-1.zip"; filename*=UTF-8''gr%C3%B6%C3%9Fe-1.zip`,
    );
    const bytes = await buffer(response);
    expect(bytes.length).toBe(Number(headers['content-length']));
    expect(storedFiles(bytes)).toEqual({
      'größe-1/deep/card.md': Buffer.from('A card.'),
      'größe-1/model.safetensors': weights,
    });
  });

  it.each(['/download/other.zip', '/download/d1', '/download/..%2fd1.zip', '/download/.zip'])(
    'at %s does not exist',
    async (path) => expect((await ask('GET', path, await exported())).status).toBe(404),
  );

  it('needs the cookie and our host name', async () => {
    const headers = await exported();
    expect((await ask('GET', '/download/d1.zip')).status).toBe(401);
    expect((await ask('GET', '/download/d1.zip', { ...headers, Host: 'evil.example' })).status).toBe(403);
  });

  it('of files that are gone says so', async () => {
    const headers = await exported();
    await rm(join(home, 'exports'), { recursive: true });
    expect((await ask('GET', '/download/d1.zip', headers)).status).toBe(410);
  });

  it.skipIf(process.platform !== 'linux')('stops reading when the browser stops', async () => {
    const headers = await exported();
    await writeFile(join(home, 'exports', 'größe-1', 'huge.bin'), Buffer.alloc(64_000_000));
    const isOpen = async (): Promise<boolean> => {
      const links = (await readdir('/proc/self/fd')).map((fd) =>
        readlink(`/proc/self/fd/${fd}`).catch(() => ''),
      );
      return (await Promise.all(links)).some((path) => path.endsWith('huge.bin'));
    };
    const sent = begin('GET', '/download/d1.zip', headers);
    sent.end();
    const response = await answerTo(sent);
    response.on('error', () => undefined);
    response.pause();
    await expect.poll(isOpen).toBe(true);
    sent.destroy();
    await expect.poll(isOpen).toBe(false);
  });
});

/** The files of a zip that stores them as they are. */
function storedFiles(zip: Buffer): Record<string, Buffer> {
  const files: Record<string, Buffer> = {};
  const directory = zip.lastIndexOf(Buffer.from('PK\u0001\u0002', 'latin1'));
  let at = zip.readUInt32LE(zip.lastIndexOf(Buffer.from('PK\u0005\u0006', 'latin1')) + 16);
  while (at <= directory) {
    const [sizeBytes, nameLength, extraLength, commentLength] = [
      zip.readUInt32LE(at + 20),
      zip.readUInt16LE(at + 28),
      zip.readUInt16LE(at + 30),
      zip.readUInt16LE(at + 32),
    ];
    const local = zip.readUInt32LE(at + 42);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    files[zip.toString('utf8', at + 46, at + 46 + nameLength)] = zip.subarray(start, start + sizeBytes);
    at += 46 + nameLength + extraLength + commentLength;
  }
  return files;
}

describe('the code typed by a person', () => {
  const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
  const type = (code: string, more: Headers = {}) =>
    ask('POST', '/enter', { ...origin(), ...form, ...more }, `code=${encodeURIComponent(code)}`);

  it('is asked for on a page without script that may send its form here alone', async () => {
    const { status, headers, body } = await ask('GET', '/');
    expect(status).toBe(401);
    expect(body).toContain('<form method="post" action="/enter">');
    expect(body).not.toMatch(/<script|onerror|Studio/);
    const policy = headers['content-security-policy'];
    expect(policy).toContain("form-action 'self'");
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
  });

  it('lets the browser in once', async () => {
    const { status, headers } = await type(server.accessCode);
    expect([status, headers.location]).toEqual([303, '/']);
    const cookie = headers['set-cookie']![0]!.split(';')[0]!;
    expect((await ask('GET', '/', { Cookie: cookie })).body).toContain('<title>Studio</title>');
    const again = await type(server.accessCode);
    expect(again.status).toBe(401);
    expect(again.body).toContain('This code has been used');
    expect((await ask('GET', `/?code=${server.accessCode}`)).status).toBe(401);
  });

  it('may be written in capitals, with blanks for dashes', async () => {
    const code = server.accessCode
      .toUpperCase()
      .replaceAll('-', ' ')
      .replaceAll('0', 'O')
      .replaceAll('1', 'L');
    expect((await type(` ${code} `)).status).toBe(303);
  });

  it('is not used up by a program that looks at the address', async () => {
    expect((await ask('HEAD', `/?code=${server.accessCode}`)).status).toBe(401);
    expect((await type(server.accessCode)).status).toBe(303);
  });

  it('is not listened to after many wrong ones', async () => {
    for (let wrong = 0; wrong < 10; wrong++) expect((await type('wrong')).status).toBe(401);
    const { status, headers } = await type(server.accessCode);
    expect([status, headers['retry-after']]).toEqual([429, '60']);
    expect((await ask('GET', `/?code=${server.accessCode}`)).status).toBe(429);
  });

  it.each([
    ['another site', { Origin: 'https://evil.example' }, 403],
    ['no origin', { Origin: 'null' }, 403],
    ['another host name', { Host: 'evil.example' }, 403],
  ])('is refused from %s', async (_, change, status) => {
    expect((await type(server.accessCode, change)).status).toBe(status);
    expect((await type(server.accessCode)).status).toBe(303);
  });

  it.each(['', 'other=1', `code=${'x'.repeat(5_000)}`])('is not taken from the form %.12j', async (body) => {
    expect((await ask('POST', '/enter', { ...origin(), ...form }, body)).status).toBe(400);
  });
});
