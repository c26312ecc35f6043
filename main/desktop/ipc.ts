// The one door from the page to the studio: every call is checked for its sender and its name before it is
// carried out, and errors come back as values with their codes.

import { ipcMain, type BrowserWindow, type IpcMainInvokeEvent } from 'electron';
import {
  calls,
  events,
  type CallName,
  type EventName,
  type Failure,
  type Studio,
} from '../../preload/contract.ts';
import { toFailure } from '../studio/failure.ts';
import { pageOrigin } from './page-protocol.ts';

/** Connects a window's page to the studio until the window closes. */
export function connectPage(window: BrowserWindow, studio: Studio): void {
  ipcMain.handle('studio:call', async (event, name: unknown, input: unknown) => {
    if (!isOurPage(event, window)) return { ok: false, error: foreignSender };
    if (typeof name !== 'string' || !Object.hasOwn(calls, name)) return { ok: false, error: unknownCall };
    try {
      return { ok: true, output: await studio.call(name as CallName, input as never) };
    } catch (error) {
      return { ok: false, error: toFailure(error) };
    }
  });
  const stops = (Object.keys(events) as EventName[]).map((name) =>
    studio.on(name, (data) => {
      if (!window.isDestroyed()) window.webContents.send('studio:event', name, data);
    }),
  );
  window.once('closed', () => {
    ipcMain.removeHandler('studio:call');
    for (const stop of stops) stop();
  });
}

function isOurPage(event: IpcMainInvokeEvent, window: BrowserWindow): boolean {
  const frame = event.senderFrame;
  if (!frame || frame !== window.webContents.mainFrame) return false;
  return new URL(frame.url).origin === pageOrigin || frame.url.startsWith(`${pageOrigin}/`);
}

const foreignSender: Failure = {
  code: 'foreign-sender',
  message: 'This page may not ask the studio for anything.',
  hint: '',
};

const unknownCall: Failure = { code: 'unknown-call', message: 'The studio has no such call.', hint: '' };
