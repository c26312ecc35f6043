// Electron's entry: one instance, one window, the same studio as every other host.

import { join } from 'node:path';
import { app, BrowserWindow } from 'electron';
import { connectStudio } from '../owner/connect.ts';
import { homeFolder } from '../studio/home.ts';
import { connectPage } from './ipc.ts';
import { registerPageScheme, servePageFiles } from './page-protocol.ts';
import { openWindow } from './window.ts';

const out = join(import.meta.dirname, '..');

async function start(): Promise<void> {
  await app.whenReady();
  await servePageFiles(join(out, 'renderer'));
  const studio = await connectStudio(homeFolder());
  const open = async (): Promise<void> =>
    connectPage(await openWindow(join(out, 'preload', 'index.cjs')), studio);
  await open();
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) void open();
  });
}

registerPageScheme();
if (app.requestSingleInstanceLock()) {
  app.on('second-instance', () => {
    const [window] = BrowserWindow.getAllWindows();
    if (window?.isMinimized()) window.restore();
    window?.focus();
  });
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  start().catch((error: unknown) => {
    process.stderr.write(
      `Heddle could not start: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    app.exit(1);
  });
} else {
  app.quit();
}
