// The studio's window and what it may not do.

import { BrowserWindow, session, type WebPreferences } from 'electron';
import { pageOrigin } from './page-protocol.ts';

/** The page holds no authority: sandboxed, isolated, without Node. */
export function webPreferences(preload: string): WebPreferences {
  return {
    preload,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    webviewTag: false,
    spellcheck: false,
  };
}

/** Opens the window; it shows itself once the page has drawn. */
export async function openWindow(preload: string): Promise<BrowserWindow> {
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    minWidth: 800,
    minHeight: 600,
    show: false,
    backgroundColor: '#0e1014',
    title: 'Heddle',
    webPreferences: webPreferences(preload),
  });
  confine(window);
  window.once('ready-to-show', () => window.show());
  await window.loadURL(`${pageOrigin}/`);
  return window;
}

/** Refuses navigation, new windows, embedded pages and every permission. */
export function confine(window: BrowserWindow): void {
  const contents = window.webContents;
  contents.on('will-navigate', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  session.defaultSession.setPermissionRequestHandler((_contents, permission, answer) =>
    answer(permission === 'clipboard-sanitized-write'),
  );
  session.defaultSession.setPermissionCheckHandler(
    (_contents, permission) => permission === 'clipboard-sanitized-write',
  );
}
