// The desktop application: one instance a home, one window, the same studio as every other host. Wires the
// parts together; each of them has a file of its own.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { app, BrowserWindow } from 'electron';
import { connectStudio } from '../owner/connect.ts';
import { createHome } from '../studio/home.ts';
import { pageDoor } from '../studio/page-door.ts';
import { Tickets } from '../studio/tickets.ts';
import { pageChannels } from './channels.ts';
import { answerPage, tellPage, type TheWindow } from './ipc.ts';
import { showMenu } from './menu.ts';
import { notifyOfEnds } from './notifications.ts';
import { registerPageScheme, servePageFiles } from './page-protocol.ts';
import { guardQuit } from './quit.ts';
import { followRuns } from './running-runs.ts';
import { stayAwake } from './stay-awake.ts';
import { showProgress } from './taskbar.ts';
import { keepWindowState, readWindowState } from './window-state.ts';
import { loadPage, openWindow } from './window.ts';

const theWindow: TheWindow = () => BrowserWindow.getAllWindows()[0] ?? null;

/** Starts the application on a home; `out` is the folder of the built parts. Ends the process when it cannot. */
export async function startDesktop(home: string, out: string): Promise<void> {
  try {
    registerPageScheme();
    keepInHome(home);
    if (!app.requestSingleInstanceLock()) {
      app.quit();
      return;
    }
    app.on('second-instance', showWindow);
    app.on('window-all-closed', () => {
      if (process.platform !== 'darwin') app.quit();
    });
    await app.whenReady();
    await openStudioWindow(home, out);
  } catch (error) {
    // The launcher shows the first line of it, and opens the browser.
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(`Heddle could not start: ${reason}\n`);
    app.exit(1);
  }
}

async function openStudioWindow(home: string, out: string): Promise<void> {
  await servePageFiles(join(out, 'renderer'));
  const studio = await connectStudio(home);
  const tickets = new Tickets(home);
  answerPage(pageChannels(pageDoor(studio, tickets), theWindow), theWindow);
  tellPage(studio, theWindow);
  showMenu([], theWindow);
  const runs = followRuns(studio);
  showProgress(runs, theWindow);
  stayAwake(runs);
  notifyOfEnds(runs, studio, theWindow);
  const close = async (): Promise<void> => {
    tickets.close();
    await studio.close();
  };
  const guard = guardQuit({ runs, theWindow, carriesRuns: () => studio.isOwner, close });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => guard.leaveNow());

  const stateFile = join(home, 'window.json');
  const open = async (): Promise<void> => {
    const window = openWindow(join(out, 'preload', 'index.cjs'), readWindowState(stateFile));
    keepWindowState(window, stateFile);
    guard.watch(window);
    await loadPage(window);
  };
  app.on('activate', () => {
    if (theWindow() === null) void open();
  });
  await open();
}

/** What Chromium keeps lies in the home too, so that there is one instance a home, not one a user. */
function keepInHome(home: string): void {
  const folder = join(createHome(home).home, 'electron');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  app.setPath('userData', folder);
}

function showWindow(): void {
  const window = theWindow();
  if (window?.isMinimized()) window.restore();
  window?.show();
  window?.focus();
}
