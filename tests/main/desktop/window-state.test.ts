// Where the window opens: as it was left, on a display that is there.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { keepWindowState, readWindowState } from '../../../main/desktop/window-state.ts';
import { display, fakeScreen, fakeWindow, resetElectron } from './fake-electron.ts';

vi.mock('electron', async () => (await import('./fake-electron.ts')).electron);

let folder: string;
let file: string;

beforeEach(async () => {
  resetElectron();
  folder = await mkdtemp(join(tmpdir(), 'heddle-window-'));
  file = join(folder, 'window.json');
  fakeScreen.getAllDisplays.mockReturnValue([display(0, 25, 1920, 1055), display(1920, 0, 1280, 1024)]);
});

afterEach(() => rm(folder, { recursive: true }));

const usual = { bounds: { width: 1440, height: 900 }, isMaximized: false };

describe('the state of the window', () => {
  it('is kept when it closes, and read when it opens', () => {
    const { window, state } = fakeWindow();
    state.isMaximized = true;
    keepWindowState(window, file);
    window.emit('close', {} as never);
    window.emit('closed');
    const bounds = { x: 10, y: 20, width: 900, height: 700 };
    fakeScreen.getAllDisplays.mockReturnValue([display(0, 0, 1920, 1080)]);
    expect(readWindowState(file)).toEqual({ bounds, isMaximized: true });
  });

  it('is kept a moment after it was moved', async () => {
    const { window } = fakeWindow();
    keepWindowState(window, file);
    window.emit('move');
    await vi.waitFor(async () => expect(await readFile(file, 'utf8')).toContain('"width":900'), 5_000);
  });

  it.each([
    ['above every display', { x: 0, y: -500 }],
    ['below', { x: 0, y: 2_000 }],
    ['left of them', { x: -880, y: 100 }],
    ['right of them', { x: 3_200, y: 100 }],
    ['with its title under the edge', { x: 100, y: 1_070 }],
  ])('%s keeps its size alone', async (_, place) => {
    const bounds = { ...place, width: 900, height: 700 };
    await writeFile(file, JSON.stringify({ bounds, isMaximized: false }));
    expect(readWindowState(file)).toEqual({ bounds: { width: 900, height: 700 }, isMaximized: false });
  });

  it('on a second display stays there', async () => {
    const state = { bounds: { x: 2_000, y: 0, width: 900, height: 700 }, isMaximized: false };
    await writeFile(file, JSON.stringify(state));
    expect(readWindowState(file)).toEqual(state);
  });

  it.each(['', '{', '[]', '{"bounds":{"x":0,"y":0,"width":1,"height":1},"isMaximized":false}', 'null'])(
    'that reads %j is the usual one',
    async (text) => {
      await writeFile(file, text);
      expect(readWindowState(file)).toEqual(usual);
    },
  );

  it('is the usual one at first, and a home that cannot be written is no trouble', () => {
    expect(readWindowState(file)).toEqual(usual);
    const { window } = fakeWindow();
    keepWindowState(window, join(folder, 'none', 'window.json'));
    expect(() => window.emit('close', {} as never)).not.toThrow();
  });
});
