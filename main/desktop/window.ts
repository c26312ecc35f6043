// The studio's window and what it may not do.

import { BrowserWindow, session, type BrowserWindowConstructorOptions, type WebPreferences } from 'electron';
import { pageOrigin } from './page-protocol.ts';
import type { WindowState } from './window-state.ts';

/** A page that breaks more often than this stays broken. */
const mostReloads = 3;

/** The page holds no authority: sandboxed, isolated, without Node. */
export function webPreferences(preload: string): WebPreferences {
  return {
    preload,
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
  };
}

/** Everything that the window is made with. */
export function windowOptions(
  preload: string,
  bounds: WindowState['bounds'],
): BrowserWindowConstructorOptions {
  return {
    ...bounds,
    minWidth: 800,
    minHeight: 600,
    show: false,
    backgroundColor: '#0e1014',
    title: 'Heddle',
    webPreferences: webPreferences(preload),
  };
}

/** Opens the window; it shows itself once the page has drawn. */
export function openWindow(preload: string, { bounds, isMaximized }: WindowState): BrowserWindow {
  const window = new BrowserWindow(windowOptions(preload, bounds));
  confine(window);
  reloadWhenBroken(window);
  window.once('ready-to-show', () => {
    if (isMaximized) window.maximize();
    window.show();
  });
  return window;
}

/** Loads the page; until then nothing of it can ask anything. */
export async function loadPage(window: BrowserWindow): Promise<void> {
  await window.loadURL(`${pageOrigin}/`);
}

/** Refuses navigation, new windows, embedded pages and every permission. */
export function confine(window: BrowserWindow): void {
  const contents = window.webContents;
  for (const event of [
    'will-navigate',
    'will-redirect',
    'will-frame-navigate',
    'will-attach-webview',
  ] as const)
    contents.on(event as 'will-navigate', (navigation) => navigation.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  session.defaultSession.setPermissionRequestHandler((_contents, permission, answer) =>
    answer(permission === 'clipboard-sanitized-write'),
  );
  session.defaultSession.setPermissionCheckHandler(
    (_contents, permission) => permission === 'clipboard-sanitized-write',
  );
}

/** The page holds nothing that is lost: it is loaded again when its process dies. */
function reloadWhenBroken(window: BrowserWindow): void {
  let reloads = 0;
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason !== 'clean-exit' && ++reloads <= mostReloads) window.webContents.reload();
  });
}
