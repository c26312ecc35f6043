// `npm start` as a whole where there is no display: one line says why there is no window, and the browser host
// answers at an address that works once.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, expect, it } from 'vitest';
import { projectRoot } from '../../../main/launcher/project.mjs';

let child: ChildProcess | undefined;
let home: string;

afterEach(async () => {
  if (child?.exitCode === null) {
    const closed = once(child, 'close');
    child.kill('SIGTERM');
    await closed;
  }
  await rm(home, { recursive: true, force: true });
});

it('hands over to the browser host, which prints an address that works once', async () => {
  home = await mkdtemp(join(tmpdir(), 'heddle-start-'));
  const { DISPLAY: _display, WAYLAND_DISPLAY: _wayland, ...env } = process.env;
  const launcher = join(projectRoot(), 'main', 'launcher', 'launch.mjs');
  child = spawn(process.execPath, [launcher, 'start', '--json', '--no-open'], {
    env: { ...env, HEDDLE_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr!.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [line] = (await once(createInterface(child.stdout!), 'line')) as [string];
  const { event, url, accessCode } = JSON.parse(line) as Record<string, string>;
  expect(event).toBe('listening');
  expect(new URL(url!).searchParams.get('code')).toBe(accessCode);
  expect(said.match(/^heddle: using the browser, because .*$/gm)).toEqual([
    'heddle: using the browser, because there is no display.',
  ]);
  expect(said).not.toContain(accessCode);
  const first = await fetch(url!, { redirect: 'manual' });
  expect([first.status, first.headers.get('location')]).toEqual([303, '/']);
  expect((await fetch(url!, { redirect: 'manual' })).status).toBe(401);
});
