// The desktop host with Electron replaced by a fake: what the page may do, and everything it may not.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WebFrameMain } from 'electron';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EngineError } from '../../../engine/errors.ts';
import { connectPage } from '../../../main/desktop/ipc.ts';
import { servePageFiles } from '../../../main/desktop/page-protocol.ts';
import { confine, webPreferences } from '../../../main/desktop/window.ts';
import { stubStudio } from '../server/stub-studio.ts';
import { fakeWindow, handlers, permissions, schemes } from './fake-electron.ts';

vi.mock('electron', async () => (await import('./fake-electron.ts')).electron);

describe('the window', () => {
  it('gives its page no authority', () => {
    expect(webPreferences('/preload.cjs')).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
    });
  });

  it('refuses navigation, new windows, webviews and permissions', () => {
    const { window, contents } = fakeWindow();
    confine(window);
    for (const event of ['will-navigate', 'will-attach-webview']) {
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
});

describe('a call from the page', () => {
  function connected(answer?: (name: string) => unknown) {
    const studio = stubStudio(answer);
    const page = fakeWindow();
    connectPage(page.window, studio);
    const call = (frame: WebFrameMain | null, name: unknown, input: unknown = {}): unknown =>
      handlers.get('studio:call')!({ senderFrame: frame } as never, name, input);
    return { studio, page, call };
  }

  it('reaches the studio', async () => {
    const { page, call, studio } = connected(() => []);
    expect(await call(page.mainFrame, 'runs.list')).toEqual({ ok: true, output: [] });
    expect(studio.asked).toEqual([{ name: 'runs.list', input: {} }]);
  });

  it('comes back with the code and hint of what went wrong', async () => {
    const { page, call } = connected(() => {
      throw new EngineError('run-busy', 'The run is running.', { hint: 'Stop it first.' });
    });
    expect(await call(page.mainFrame, 'runs.list')).toEqual({
      ok: false,
      error: { code: 'run-busy', message: 'The run is running.', hint: 'Stop it first.' },
    });
  });

  it.each([
    ['no frame', null],
    ['an embedded frame', { url: 'app://studio/' }],
    ['another origin', { url: 'https://evil.example/' }],
  ])('is refused from %s', async (_, frame) => {
    const { call, studio } = connected();
    expect(await call(frame as WebFrameMain | null, 'runs.list')).toMatchObject({ ok: false });
    expect(studio.asked).toEqual([]);
  });

  it('is refused when the main frame has gone elsewhere', async () => {
    const { call, studio, page } = connected();
    (page.mainFrame as { url: string }).url = 'https://evil.example/';
    expect(await call(page.mainFrame, 'runs.list')).toMatchObject({ error: { code: 'foreign-sender' } });
    expect(studio.asked).toEqual([]);
  });

  it.each(['constructor', 'toString', '__proto__', 'process.exit', 7, null])(
    'is refused as %s',
    async (name) => {
      const { page, call, studio } = connected();
      expect(await call(page.mainFrame, name)).toMatchObject({ ok: false, error: { code: 'unknown-call' } });
      expect(studio.asked).toEqual([]);
    },
  );

  it('ends with the window', () => {
    const { page, studio } = connected();
    studio.emit('run.removed', { runId: 'a' });
    expect(page.contents.sent).toEqual([['studio:event', 'run.removed', { runId: 'a' }]]);
    page.window.emit('closed');
    expect(handlers.has('studio:call')).toBe(false);
    expect(studio.listenerCount()).toBe(0);
  });
});

describe('app://', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'heddle-page-'));
    await writeFile(join(folder, 'index.html'), '<!doctype html>');
    await servePageFiles(folder);
  });

  afterEach(() => rm(folder, { recursive: true }));

  const ask = (url: string, method = 'GET'): Promise<Response> =>
    schemes.at(-1)!.handler(new Request(url, { method }));

  it('serves the page with its security headers', async () => {
    const response = await ask('app://studio/');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-security-policy')).not.toContain('unsafe');
  });

  it.each([
    'app://studio/../secret',
    'app://studio/%2e%2e/secret',
    'app://studio/..%5csecret',
    'app://other/index.html',
    'app://studio/etc/passwd',
  ])('does not answer %s', async (url) => {
    expect((await ask(url)).status).toBe(404);
  });

  it('answers GET alone', async () => {
    expect((await ask('app://studio/', 'POST')).status).toBe(404);
  });
});
