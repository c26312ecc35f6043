// What `npm start` does where Electron works, where it ends at once and where no window can be: with a stub in
// the place of Electron's executable, named by Electron's own variable.

import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openDesktop, whyNoWindow } from '../../../main/launcher/desktop.mjs';

// The stub is a shell script.
const describeOnUnix = process.platform === 'win32' ? describe.skip : describe;

let folder: string;
let said: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heddle-electron-'));
  said = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
});

afterEach(async () => {
  vi.restoreAllMocks();
  await rm(folder, { recursive: true });
});

/** Puts a shell script where Electron's executable would be, and starts it as `npm start` would. */
async function start(script: string, more: NodeJS.ProcessEnv = {}) {
  const binary = join(folder, 'electron');
  await writeFile(binary, `#!/bin/sh\n${script}\n`);
  await chmod(binary, 0o755);
  const env = { PATH: process.env.PATH, DISPLAY: ':7', ELECTRON_OVERRIDE_DIST_PATH: folder, ...more };
  return openDesktop(folder, ['--one', 'two'], { env, platform: 'linux', isRoot: false });
}

describeOnUnix('npm start', () => {
  it('runs Electron on the built entry with its arguments until the window is closed', async () => {
    expect(await start(`echo "$@" > ${join(folder, 'arguments')}`)).toBe(0);
    const entry = join(folder, 'out/main/desktop.js');
    expect(await readFile(join(folder, 'arguments'), 'utf8')).toBe(`${entry} --one two\n`);
    expect(said).toBe('');
  });

  it('does not let a variable turn Electron into a plain Node', async () => {
    await start(`echo "[$ELECTRON_RUN_AS_NODE]" > ${join(folder, 'seen')}`, { ELECTRON_RUN_AS_NODE: '1' });
    expect(await readFile(join(folder, 'seen'), 'utf8')).toBe('[]\n');
  });

  it('takes the browser when Electron ends at once, with its first line of stderr', async () => {
    expect(await start('echo "no usable sandbox" >&2; echo more >&2; exit 1')).toBeUndefined();
    expect(said).toContain(
      'heddle: using the browser, because Electron ended at once (no usable sandbox).\n',
    );
  });

  it('takes the browser when Electron is killed at once', async () => {
    expect(await start('kill -SEGV $$')).toBeUndefined();
    expect(said).toContain('because Electron ended at once (SIGSEGV).');
  });

  it('opens no browser for a user who has ended it', async () => {
    expect(await start('kill -INT $$')).toBe(130);
    expect(said).toBe('');
  });

  it('passes on a failure of a window that was open for a while', async () => {
    vi.spyOn(performance, 'now').mockReturnValueOnce(0).mockReturnValue(5_200);
    expect(await start('exit 3')).toBe(3);
    expect(said).toBe('');
  });

  it('takes the browser when Electron cannot be started', async () => {
    const env = { DISPLAY: ':7', ELECTRON_OVERRIDE_DIST_PATH: folder };
    await writeFile(join(folder, 'electron'), 'not executable');
    const surroundings = { env, platform: 'linux' as const, isRoot: false };
    expect(await openDesktop(folder, [], surroundings)).toBeUndefined();
    expect(said).toMatch(/^heddle: using the browser, because Electron did not start \(.*EACCES.*\)\.\n$/);
  });

  it('takes the browser when the named folder holds no Electron', async () => {
    const env = { DISPLAY: ':7', ELECTRON_OVERRIDE_DIST_PATH: folder };
    const surroundings = { env, platform: 'linux' as const, isRoot: false };
    expect(await openDesktop(folder, [], surroundings)).toBeUndefined();
    expect(said).toContain('because the folder in ELECTRON_OVERRIDE_DIST_PATH holds no Electron.');
  });

  it.each([
    ['without a display', { env: {}, isRoot: false }, 'there is no display'],
    ['as root', { env: { DISPLAY: ':7' }, isRoot: true }, 'Electron does not run as root'],
    ['as root on Wayland', { env: { WAYLAND_DISPLAY: 'w' }, isRoot: true }, 'Electron does not run as root'],
  ])('takes the browser %s, and fetches nothing', async (_, { env, isRoot }, reason) => {
    expect(await openDesktop(folder, [], { env, platform: 'linux', isRoot })).toBeUndefined();
    expect(said).toBe(`heddle: using the browser, because ${reason}.\n`);
  });

  it.each([
    ['linux', { WAYLAND_DISPLAY: 'wayland-0' }],
    ['darwin', {}],
    ['win32', {}],
  ] as const)('has nothing against a window on %s with %j', (platform, env) => {
    expect(whyNoWindow({ platform, env, isRoot: false })).toBeUndefined();
  });
});
