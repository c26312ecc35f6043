// Electron as main/desktop meets it, typed by Electron's own declarations: it records what it was told.

import { EventEmitter } from 'node:events';
import type { BrowserWindow, IpcMainInvokeEvent, WebFrameMain } from 'electron';
import { vi } from 'vitest';

type Handler = (event: IpcMainInvokeEvent, ...args: unknown[]) => unknown;

export const handlers = new Map<string, Handler>();
export const schemes: { scheme: string; handler: (request: Request) => Promise<Response> }[] = [];
export const permissions: {
  request?: (contents: unknown, permission: string, answer: (granted: boolean) => void) => void;
  check?: (contents: unknown, permission: string) => boolean;
} = {};

/** What `vi.mock('electron')` hands to main/desktop. */
export const electron = {
  ipcMain: {
    handle: (channel: string, handler: Handler) => void handlers.set(channel, handler),
    removeHandler: (channel: string) => void handlers.delete(channel),
  },
  protocol: {
    registerSchemesAsPrivileged: vi.fn(),
    handle: (scheme: string, handler: (request: Request) => Promise<Response>) =>
      void schemes.push({ scheme, handler }),
  },
  session: {
    defaultSession: {
      setPermissionRequestHandler: (handler: typeof permissions.request) => (permissions.request = handler),
      setPermissionCheckHandler: (handler: typeof permissions.check) => (permissions.check = handler),
    },
  },
  BrowserWindow: vi.fn(),
};

export interface FakeWindow {
  readonly window: BrowserWindow;
  readonly contents: EventEmitter & { openHandler?: () => { action: string }; sent: unknown[][] };
  readonly mainFrame: WebFrameMain;
}

/** A window whose page is at `url`. */
export function fakeWindow(url = 'app://studio/'): FakeWindow {
  const mainFrame = { url } as WebFrameMain;
  const sent: unknown[][] = [];
  const contents = Object.assign(new EventEmitter(), {
    sent,
    mainFrame,
    send: (...args: unknown[]) => void sent.push(args),
    setWindowOpenHandler(handler: () => { action: string }) {
      (contents as FakeWindow['contents']).openHandler = handler;
    },
  });
  const window = Object.assign(new EventEmitter(), { webContents: contents, isDestroyed: () => false });
  return { window: window as unknown as BrowserWindow, contents, mainFrame };
}
