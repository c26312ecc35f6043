// The desktop application as a whole, over a stub studio: one instance, one window at a time, and windows that come
// after the first are connected like it.

import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { startDesktop } from '../../../main/desktop/application.ts';
import { connectStudio } from '../../../main/owner/connect.ts';
import { stubStudio } from '../server/stub-studio.ts';
import {
  askFrom,
  electron,
  fakeApp,
  fakeScreen,
  fakeWindow,
  display,
  menus,
  openWindows,
  resetElectron,
  type FakeWindow,
} from './fake-electron.ts';

vi.mock('electron', async () => (await import('./fake-electron.ts')).electron);
vi.mock('../../../main/owner/connect.ts', () => ({ connectStudio: vi.fn() }));
vi.mock('../../../main/desktop/page-protocol.ts', () => ({
  pageOrigin: 'app://studio',
  registerPageScheme: () => undefined,
  servePageFiles: () => Promise.resolve(),
}));

let home: string;
let windows: FakeWindow[];

beforeEach(async () => {
  resetElectron();
  home = await mkdtemp(join(tmpdir(), 'heddle-entry-'));
  windows = [];
  // eslint-disable-next-line prefer-arrow-callback
  electron.BrowserWindow.mockImplementation(function () {
    const page = fakeWindow();
    windows.push(page);
    openWindows.push(page.window);
    return page.window;
  });
});

afterEach(async () => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(signal);
  await rm(home, { recursive: true });
});

async function start() {
  const studio = Object.assign(
    stubStudio(() => []),
    { isOwner: true, close: vi.fn(() => Promise.resolve()) },
  );
  vi.mocked(connectStudio).mockResolvedValue(studio);
  await startDesktop(home, '/out');
  return studio;
}

const firstPage = () => vi.waitFor(() => expect(windows[0]?.did.loaded).toEqual(['app://studio/']));

it('opens one window on the page, where it was left', async () => {
  const bounds = { x: 10, y: 40, width: 1000, height: 800 };
  await writeFile(join(home, 'window.json'), JSON.stringify({ bounds, isMaximized: true }));
  fakeScreen.getAllDisplays.mockReturnValue([display(0, 0, 1920, 1080)]);
  await start();
  await firstPage();
  expect(electron.BrowserWindow).toHaveBeenCalledExactlyOnceWith(expect.objectContaining(bounds));
  windows[0]!.window.emit('ready-to-show' as 'show');
  expect([windows[0]!.state.isMaximized, windows[0]!.did.show]).toEqual([true, 1]);
  expect(menus).toHaveLength(1);
  expect(await askFrom(windows[0]!, 'studio:call', 'runs.list', {})).toEqual({ ok: true, output: [] });
});

it('keeps what Chromium writes in the home, before it asks whether it is the only instance', async () => {
  await start();
  await firstPage();
  const folder = join(home, 'electron');
  expect(fakeApp.setPath).toHaveBeenCalledExactlyOnceWith('userData', folder);
  expect(existsSync(folder)).toBe(true);
  const [pathAt] = fakeApp.setPath.mock.invocationCallOrder;
  expect(pathAt).toBeLessThan(fakeApp.requestSingleInstanceLock.mock.invocationCallOrder[0]!);
});

it('shows the window that is there when it is started a second time', async () => {
  await start();
  await firstPage();
  windows[0]!.state.isMinimized = true;
  fakeApp.emit('second-instance');
  expect([windows[0]!.state.isMinimized, windows[0]!.did.focus]).toEqual([false, 1]);
  expect(windows).toHaveLength(1);
});

it('ends when it is the second instance, and opens nothing', async () => {
  fakeApp.requestSingleInstanceLock.mockReturnValueOnce(false);
  await start();
  expect(fakeApp.quit).toHaveBeenCalledOnce();
  expect(connectStudio).not.toHaveBeenCalled();
});

it('opens a new window on activation once the first is gone, with the same studio behind it', async () => {
  const studio = await start();
  await firstPage();
  fakeApp.emit('activate');
  expect(windows).toHaveLength(1);
  openWindows.length = 0;
  fakeApp.emit('activate');
  await vi.waitFor(() => expect(windows).toHaveLength(2));
  expect(await askFrom(windows[1]!, 'studio:call', 'runs.list', {})).toEqual({ ok: true, output: [] });
  expect(await askFrom(windows[0]!, 'studio:call', 'runs.list', {})).toMatchObject({ ok: false });
  studio.emit('run.removed', { runId: 'a' });
  expect(windows[1]!.contents.sent).toEqual([['studio:event', 'run.removed', { runId: 'a' }]]);
});

it('says why and ends with an error when the studio cannot be opened', async () => {
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  vi.mocked(connectStudio).mockRejectedValue(new Error('Another process owns the home.'));
  await startDesktop(home, '/out');
  expect(fakeApp.exit).toHaveBeenCalledExactlyOnceWith(1);
  expect(said).toHaveBeenCalledWith('Heddle could not start: Another process owns the home.\n');
  said.mockRestore();
});

it('closes the studio when a signal ends it', async () => {
  const studio = await start();
  await firstPage();
  process.emit('SIGTERM');
  await vi.waitFor(() => expect(fakeApp.quit).toHaveBeenCalledOnce());
  expect(studio.close).toHaveBeenCalledOnce();
});
