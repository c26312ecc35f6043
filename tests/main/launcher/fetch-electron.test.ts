// Fetching Electron's executable from a server of this computer that works, refuses, stalls or lies, with the
// package's own scripts beside it and a stub in the archive.

import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ZipFile } from 'yazl';
import { openDesktop } from '../../../main/launcher/desktop.mjs';
import { electronBinary, fetchElectron } from '../../../main/launcher/electron-binary.mjs';
import { projectRoot } from '../../../main/launcher/project.mjs';

const version = '45.4.1';
const archive = `electron-v${version}-${process.platform}-${process.arch}.zip`;

let root: string;
let server: Server;
let answers: Record<string, (response: ServerResponse) => void>;
let asked: string[];

/** A project that has Electron's npm package but not its executable. */
async function projectWithoutBinary(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'heddle-fetch-'));
  const modules = join(projectRoot(), 'node_modules');
  await mkdir(join(folder, 'node_modules', 'electron'), { recursive: true });
  for (const name of ['@electron', '@electron-internal'])
    await symlink(join(modules, name), join(folder, 'node_modules', name), 'junction');
  await cp(join(modules, 'electron', 'install.js'), join(folder, 'node_modules', 'electron', 'install.js'));
  const files = {
    'package.json': { name: 'electron', version },
    'checksums.json': { [archive]: '0'.repeat(64) },
  };
  for (const [name, content] of Object.entries(files))
    await writeFile(join(folder, 'node_modules', 'electron', name), JSON.stringify(content));
  return folder;
}

async function stubArchive(): Promise<Buffer> {
  const zip = new ZipFile();
  const executable = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' } as const;
  const name = executable[process.platform as 'darwin'] ?? 'electron';
  zip.addBuffer(Buffer.from('#!/bin/sh\nexit 0\n'), name, { mode: 0o100_755 });
  zip.addBuffer(Buffer.from(version), 'version');
  zip.end();
  return buffer(zip.outputStream as Readable);
}

beforeEach(async () => {
  root = await projectWithoutBinary();
  answers = {};
  asked = [];
  server = createServer((request, response) => {
    const name = request.url?.split('/').at(-1) ?? '';
    asked.push(name);
    const answer = answers[name];
    if (answer) answer(response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(root, { recursive: true });
});

/** The environment in which Electron comes from the server of this test. */
function fromHere(): NodeJS.ProcessEnv {
  const { port } = server.address() as AddressInfo;
  const { PATH, HOME } = process.env;
  const electron_config_cache = join(root, 'cache');
  return { PATH, HOME, ELECTRON_MIRROR: `http://127.0.0.1:${port}/`, electron_config_cache };
}

const fetchFromHere = (more: NodeJS.ProcessEnv = {}): Promise<string | undefined> =>
  fetchElectron(root, { ...fromHere(), ...more });

describe.skipIf(process.platform === 'win32')('npm start without the executable', () => {
  const start = (): Promise<number | undefined> => {
    const env = { ...fromHere(), electron_use_remote_checksums: '1', DISPLAY: ':7' };
    return openDesktop(root, [], { env, platform: process.platform, isRoot: false });
  };

  it('fetches it once, and runs it', async () => {
    const zip = await stubArchive();
    const hash = createHash('sha256').update(zip).digest('hex');
    answers[archive] = (response) => response.end(zip);
    answers['SHASUMS256.txt'] = (response) => response.end(`${hash} *${archive}\n`);
    expect(await start()).toBe(0);
    expect(await start()).toBe(0);
    expect(asked.filter((name) => name === archive)).toHaveLength(1);
  });

  it('takes the browser where it cannot be had, and says why in one line', async () => {
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    expect(await start()).toBeUndefined();
    const lines = said.mock.calls.map(([text]) => String(text));
    said.mockRestore();
    expect(lines).toEqual([
      expect.stringMatching(
        /^heddle: using the browser, because Electron could not be fetched \(.+ 404\)\.\n$/,
      ),
    ]);
  });
});

describe("Electron's executable", () => {
  it('is fetched, checked and unpacked where it is missing, and then it is there', async () => {
    const zip = await stubArchive();
    const hash = createHash('sha256').update(zip).digest('hex');
    answers[archive] = (response) => response.writeHead(200, { 'Content-Length': zip.length }).end(zip);
    answers['SHASUMS256.txt'] = (response) => response.end(`${hash} *${archive}\n`);
    expect(electronBinary(root, {})).toBeUndefined();
    expect(await fetchFromHere({ electron_use_remote_checksums: '1' })).toBeUndefined();
    expect(electronBinary(root, {})).toMatch(/node_modules.electron.dist.(electron|Electron)/);
  });

  it('is refused when it is not the one that the package names', async () => {
    const zip = await stubArchive();
    answers[archive] = (response) => response.end(zip);
    expect(await fetchFromHere()).toMatch(/^Electron could not be fetched \(.*checksum/i);
    expect(electronBinary(root, {})).toBeUndefined();
  });

  it('cannot be had from a server that does not have it', async () => {
    expect(await fetchFromHere()).toMatch(/^Electron could not be fetched \(http:.* answered 404\)$/);
    expect(asked).toEqual([archive]);
  });

  it('cannot be had from an address where nobody listens', async () => {
    const mirror = { ELECTRON_MIRROR: 'http://127.0.0.1:1/' };
    expect(await fetchFromHere(mirror)).toMatch(/^Electron could not be fetched \(fetch failed: .+\)$/);
  });

  it.each([
    ['before the first byte', (_response: ServerResponse) => undefined],
    [
      'in the middle',
      (response: ServerResponse) => response.writeHead(200, { 'Content-Length': 1_000 }).write('PK'),
    ],
  ])('is given up when nothing arrives %s', async (_, stall) => {
    answers[archive] = (response) => void stall(response);
    expect(await fetchElectron(root, fromHere(), 1_000)).toMatch(/nothing arrived for 1 s from http:/);
    expect(electronBinary(root, {})).toBeUndefined();
  });

  it('is not looked for where the package itself is missing', async () => {
    await rm(join(root, 'node_modules', 'electron'), { recursive: true });
    expect(await fetchFromHere()).toBe('the package electron is not installed');
    expect(asked).toEqual([]);
  });
});
