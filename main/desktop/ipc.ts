// The one way from the page to this process: every channel checks its sender and the shape of what it was
// sent before anything is carried out, and errors come back as values with their codes. Handlers are
// registered once and outlive windows.

import { ipcMain, type BrowserWindow, type IpcMainInvokeEvent } from 'electron';
import { z } from 'zod';
import { events, type EventName, type Failure, type Studio } from '../../preload/contract.ts';
import { toFailure } from '../studio/failure.ts';
import { pageOrigin } from './page-protocol.ts';

/** The window whose page may ask, or null while there is none. */
export type TheWindow = () => BrowserWindow | null;

export interface Channel {
  /** What the page may send, as the list of its arguments. */
  readonly input: z.ZodType;
  handle(input: never, window: BrowserWindow): unknown;
}

/** A channel whose handler is given what its schema lets through. */
export function channel<T>(
  input: z.ZodType<T>,
  handle: (input: T, window: BrowserWindow) => unknown,
): Channel {
  return { input, handle };
}

/** Answers the page on these channels for as long as the process lives. */
export function answerPage(channels: Readonly<Record<string, Channel>>, theWindow: TheWindow): void {
  for (const [name, { input, handle }] of Object.entries(channels)) {
    ipcMain.handle(name, async (event, ...given: unknown[]) => {
      const window = theWindow();
      if (!window || !isOurPage(event, window)) return { ok: false, error: foreignSender };
      try {
        const parsed = input.safeParse(given);
        if (!parsed.success) return { ok: false, error: inputInvalid(name, parsed.error) };
        return { ok: true, output: await handle(parsed.data as never, window) };
      } catch (error) {
        return { ok: false, error: toFailure(error) };
      }
    });
  }
}

/** Tells the page every event of the studio. */
export function tellPage(studio: Studio, theWindow: TheWindow): void {
  for (const name of Object.keys(events) as EventName[]) {
    studio.on(name, (data) => {
      const window = theWindow();
      if (window && !window.isDestroyed()) window.webContents.send('studio:event', name, data);
    });
  }
}

/** Only the main frame of our window, and only while it shows our page. */
function isOurPage(event: IpcMainInvokeEvent, window: BrowserWindow): boolean {
  const frame = event.senderFrame;
  if (!frame || window.isDestroyed() || frame !== window.webContents.mainFrame) return false;
  return frame.url.startsWith(`${pageOrigin}/`);
}

const foreignSender: Failure = {
  code: 'foreign-sender',
  message: 'This page may not ask the studio for anything.',
  hint: '',
};

const inputInvalid = (name: string, error: z.ZodError): Failure => ({
  code: 'input-invalid',
  message: `${name}: ${z.prettifyError(error)}`,
  hint: 'The page and the studio may be of different versions: load the page again.',
});
