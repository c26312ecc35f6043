// The desktop host with Electron replaced by a fake: what the page may do, and everything it may not.

import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WebFrameMain } from 'electron';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EngineError } from '../../../engine/errors.ts';
import { pageChannels } from '../../../main/desktop/channels.ts';
import { answerPage, tellPage } from '../../../main/desktop/ipc.ts';
import { servePageFiles } from '../../../main/desktop/page-protocol.ts';
import { confine, openWindow, windowOptions } from '../../../main/desktop/window.ts';
import { pageDoor } from '../../../main/studio/page-door.ts';
import { Tickets } from '../../../main/studio/tickets.ts';
import type { Ticket } from '../../../preload/contract.ts';
import { stubStudio, type StubStudio } from '../server/stub-studio.ts';
import {
  askFrom,
  electron,
  fakeDialog,
  fakeShell,
  fakeWindow,
  handlers,
  menus,
  permissions,
  resetElectron,
  schemes,
  type FakeWindow,
} from './fake-electron.ts';

vi.mock('electron', async () => (await import('./fake-electron.ts')).electron);

let home: string;

beforeEach(async () => {
  resetElectron();
  home = await realpath(await mkdtemp(join(tmpdir(), 'heddle-desktop-')));
});

afterEach(() => rm(home, { recursive: true }));

describe('the window', () => {
  it('gives its page no authority', () => {
    const { webPreferences, ...rest } = windowOptions('/preload.cjs', { width: 1440, height: 900 });
    expect(webPreferences).toEqual({
      preload: '/preload.cjs',
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    });
    expect(rest).toMatchObject({ width: 1440, height: 900, show: false });
  });

  it('refuses navigation, new windows, webviews and permissions', () => {
    const { window, contents } = fakeWindow();
    confine(window);
    for (const event of ['will-navigate', 'will-redirect', 'will-frame-navigate', 'will-attach-webview']) {
      const preventDefault = vi.fn();
      contents.emit(event, { preventDefault });
      expect(preventDefault, event).toHaveBeenCalledOnce();
    }
    expect(contents.openHandler!()).toEqual({ action: 'deny' });
    for (const permission of [
      'media',
      'geolocation',
      'notifications',
      'clipboard-read',
      'openExternal',
      'hid',
    ]) {
      const answer = vi.fn();
      permissions.request!(null, permission, answer);
      expect(answer, permission).toHaveBeenCalledWith(false);
      expect(permissions.check!(null, permission), permission).toBe(false);
    }
  });

  it('loads its page again when the process of it dies, a few times', () => {
    const page = fakeWindow();
    // eslint-disable-next-line prefer-arrow-callback
    electron.BrowserWindow.mockImplementation(function () {
      return page.window;
    });
    openWindow('/preload.cjs', { bounds: {}, isMaximized: false });
    page.contents.emit('render-process-gone', {}, { reason: 'clean-exit' });
    expect(page.did.reload).toBe(0);
    for (let times = 0; times < 5; times++)
      page.contents.emit('render-process-gone', {}, { reason: 'crashed' });
    expect(page.did.reload).toBe(3);
  });
});

interface Connected {
  studio: StubStudio;
  page: FakeWindow;
  tickets: Tickets;
  /** Puts another window in the place of the first. */
  replaceWindow(next: FakeWindow | null): void;
}

function connected(answer?: (name: string) => unknown): Connected {
  const studio = stubStudio(answer);
  const tickets = new Tickets(home);
  const first = fakeWindow();
  let page: FakeWindow | null = first;
  const theWindow = () => page?.window ?? null;
  answerPage(pageChannels(pageDoor(studio, tickets), theWindow), theWindow);
  tellPage(studio, theWindow);
  return { studio, page: first, tickets, replaceWindow: (next) => void (page = next) };
}

describe('a call from the page', () => {
  const callFrom = (frame: WebFrameMain | null, name: unknown, input: unknown = {}): unknown =>
    handlers.get('studio:call')!({ senderFrame: frame } as never, name, input);

  it('reaches the studio', async () => {
    const { page, studio } = connected(() => []);
    expect(await callFrom(page.mainFrame, 'runs.list')).toEqual({ ok: true, output: [] });
    expect(studio.asked).toEqual([{ name: 'runs.list', input: {} }]);
  });

  it('comes back with the code and hint of what went wrong', async () => {
    const { page } = connected(() => {
      throw new EngineError('run-busy', 'The run is running.', { hint: 'Stop it first.' });
    });
    expect(await callFrom(page.mainFrame, 'runs.list')).toEqual({
      ok: false,
      error: { code: 'run-busy', message: 'The run is running.', hint: 'Stop it first.' },
    });
  });

  it.each([
    ['no frame', null],
    ['an embedded frame', { url: 'app://studio/' }],
    ['another origin', { url: 'https://evil.example/' }],
  ])('is refused from %s on every channel', async (_, frame) => {
    const { studio } = connected();
    expect(handlers.size).toBe(6);
    for (const [name, handle] of handlers) {
      const answer = await handle({ senderFrame: frame } as never, 'runs.list', {});
      expect(answer, name).toMatchObject({ ok: false, error: { code: 'foreign-sender' } });
    }
    expect(studio.asked).toEqual([]);
  });

  it.each(['https://evil.example/', 'app://studio.evil/', 'app://other/', 'about:blank', ''])(
    'is refused when the main frame has gone to "%s"',
    async (url) => {
      const { studio, page } = connected();
      (page.mainFrame as { url: string }).url = url;
      expect(await callFrom(page.mainFrame, 'runs.list')).toMatchObject({
        error: { code: 'foreign-sender' },
      });
      expect(studio.asked).toEqual([]);
    },
  );

  it.each(['constructor', 'toString', '__proto__', 'process.exit', 7, null])(
    'is refused as %s',
    async (name) => {
      const { page, studio } = connected();
      const answer = await callFrom(page.mainFrame, name);
      expect(answer).toMatchObject({
        ok: false,
        error: { code: expect.stringMatching(/call-unknown|input-invalid/) },
      });
      expect(studio.asked).toEqual([]);
    },
  );

  it('may not carry a path, nor anything that JSON cannot', async () => {
    const { page, studio } = connected();
    const withPath = await callFrom(page.mainFrame, 'datasets.import', { sources: ['/etc/passwd'] });
    expect(withPath).toMatchObject({ ok: false, error: { code: 'path-not-allowed' } });
    const circle: Record<string, unknown> = {};
    circle['settings'] = circle;
    for (const input of [circle, { settings: 1n }])
      expect(await callFrom(page.mainFrame, 'settings.estimate', input)).toMatchObject({
        ok: false,
        error: { code: 'input-invalid' },
      });
    expect(studio.asked).toEqual([]);
  });

  it.each([
    ['studio:call', []],
    ['studio:call', ['runs.list', {}, 'more']],
    ['studio:admit', ['a path']],
    ['studio:admit', [[1]]],
    ['studio:choose-files', ['everything']],
    ['studio:choose-folder', [{ kind: 'out' }]],
    ['studio:show', [['a']]],
    ['studio:commands', [[{ id: 'a' }]]],
    ['studio:commands', [[{ id: 'a', label: 'A', group: 'Run', role: 'quit' }]]],
  ])('%s with %j is refused by its shape', async (channel, args) => {
    const { page } = connected();
    expect(await askFrom(page, channel, ...args)).toMatchObject({
      ok: false,
      error: { code: 'input-invalid' },
    });
    expect(menus).toEqual([]);
  });
});

describe('anything at all, on every channel,', () => {
  it('is answered with a value, never with an exception', async () => {
    const { page } = connected(() => ({}));
    fakeDialog.showOpenDialog.mockResolvedValue({ canceled: true, filePaths: [] });
    const words = fc.constantFrom('data', 'out', 'd1', 'runs.list', '/etc/passwd', 'ticket:x', '__proto__');
    const value = fc.oneof(words, fc.anything({ withBigInt: true, withDate: true, withMap: true }));
    for (const channel of handlers.keys()) {
      const anyCall = fc.asyncProperty(fc.array(value, { maxLength: 3 }), async (args) => {
        const answer = (await askFrom(page, channel, ...args)) as { ok: boolean; error?: { code: string } };
        expect(typeof answer.ok).toBe('boolean');
        expect(answer.error?.code).not.toBe('internal');
      });
      await fc.assert(anyCall, { seed: 20_261_124, numRuns: 200 });
    }
  });
});

describe('windows that come and go', () => {
  it('hear events while they are there, and are answered by the same handlers', async () => {
    const { page, studio, replaceWindow } = connected(() => []);
    studio.emit('run.removed', { runId: 'a' });
    expect(page.contents.sent).toEqual([['studio:event', 'run.removed', { runId: 'a' }]]);
    replaceWindow(null);
    studio.emit('run.removed', { runId: 'b' });
    expect(await askFrom(page, 'studio:call', 'runs.list', {})).toMatchObject({ ok: false });
    const second = fakeWindow();
    replaceWindow(second);
    studio.emit('run.removed', { runId: 'c' });
    expect(second.contents.sent).toEqual([['studio:event', 'run.removed', { runId: 'c' }]]);
    expect(page.contents.sent).toHaveLength(1);
    expect(await askFrom(second, 'studio:call', 'runs.list', {})).toMatchObject({ ok: true });
  });

  it('are told nothing once they are destroyed', () => {
    const { page, studio } = connected();
    page.state.isDestroyed = true;
    studio.emit('run.removed', { runId: 'a' });
    expect(page.contents.sent).toEqual([]);
  });
});

describe('files', () => {
  async function tickets(answer: unknown): Promise<Ticket[]> {
    const { ok, output } = (await answer) as { ok: boolean; output: Ticket[] };
    expect(ok).toBe(true);
    return output;
  }

  it('that were dropped get tickets, which a call may name', async () => {
    await writeFile(join(home, 'a.txt'), 'text');
    const { page, studio } = connected();
    const [ticket] = await tickets(askFrom(page, 'studio:admit', [join(home, 'a.txt')]));
    expect(ticket).toMatchObject({ name: 'a.txt', sizeBytes: 4 });
    expect(JSON.stringify(ticket)).not.toContain(home);
    await askFrom(page, 'studio:call', 'datasets.import', { sources: [ticket!.ticket] });
    expect(studio.asked).toEqual([{ name: 'datasets.import', input: { sources: [join(home, 'a.txt')] } }]);
  });

  it('that the page made up are refused: they have no path', async () => {
    const { page } = connected();
    const answer = await askFrom(page, 'studio:admit', ['']);
    expect(answer).toMatchObject({ ok: false, error: { code: 'place-refused' } });
  });

  it.each([
    ['studio:choose-files', 'data', ['openFile', 'multiSelections']],
    ['studio:choose-files', 'weights', ['openFile', 'multiSelections']],
    ['studio:choose-folder', 'data', ['openDirectory']],
    ['studio:choose-folder', 'out', ['openDirectory', 'createDirectory']],
  ])('are chosen in a dialog of the system: %s %s', async (channel, kind, properties) => {
    await mkdir(join(home, 'chosen'));
    fakeDialog.showOpenDialog.mockResolvedValue({ canceled: false, filePaths: [join(home, 'chosen')] });
    const { page } = connected();
    expect(await tickets(askFrom(page, channel, kind))).toMatchObject([{ name: 'chosen', isFolder: true }]);
    expect(fakeDialog.showOpenDialog).toHaveBeenCalledWith(
      page.window,
      expect.objectContaining({ properties }),
    );
  });

  it('are none when the dialog is cancelled', async () => {
    fakeDialog.showOpenDialog.mockResolvedValue({ canceled: true, filePaths: [] });
    const { page } = connected();
    expect(await tickets(askFrom(page, 'studio:choose-files', 'data'))).toEqual([]);
  });

  it('that a call wrote are shown in their folder, and no others', async () => {
    const { page } = connected(() => ({ path: '/home/exports/tiny', downloadId: 'd1' }));
    await askFrom(page, 'studio:call', 'export.run', { checkpoint: 'run', format: 'pth' });
    for (const id of ['d2', '/etc'])
      expect(await askFrom(page, 'studio:show', id)).toMatchObject({ error: { code: 'download-unknown' } });
    expect(fakeShell.showItemInFolder).not.toHaveBeenCalled();
    expect(await askFrom(page, 'studio:show', 'd1')).toMatchObject({ ok: true });
    expect(fakeShell.showItemInFolder).toHaveBeenCalledExactlyOnceWith('/home/exports/tiny');
  });
});

describe('app://', () => {
  beforeEach(async () => {
    const folder = join(home, 'page');
    await mkdir(folder);
    await writeFile(join(folder, 'index.html'), '<!doctype html>');
    await writeFile(join(home, 'secret.html'), 'secret');
    await symlink(join(home, 'secret.html'), join(folder, 'link.html'));
    await servePageFiles(folder);
  });

  const ask = (url: string, method = 'GET'): Promise<Response> =>
    schemes.at(-1)!.handler(new Request(url, { method }));

  it('serves the page under a policy that lets nothing in from elsewhere', async () => {
    const response = await ask('app://studio/');
    expect(response.status).toBe(200);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(Object.fromEntries(policy.split('; ').map((rule) => rule.split(/ (.*)/)))).toEqual({
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': "'self'",
      'img-src': "'self' data:",
      'font-src': "'self'",
      'connect-src': "'self'",
      'base-uri': "'none'",
      'form-action': "'none'",
      'frame-ancestors': "'none'",
    });
  });

  it.each([
    'app://studio/../secret.html',
    'app://studio/%2e%2e/secret.html',
    'app://studio/..%5csecret.html',
    'app://studio/link.html',
    'app://other/index.html',
    'app://studio/etc/passwd',
  ])('does not answer %s', async (url) => {
    expect((await ask(url)).status).toBe(404);
  });

  it('answers GET alone', async () => {
    expect((await ask('app://studio/', 'POST')).status).toBe(404);
  });
});
