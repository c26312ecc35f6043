// Electron as main/desktop meets it, typed by Electron's own declarations: it records what it was told, and
// says what a test wants it to say.

import { EventEmitter } from 'node:events';
import type {
  app,
  BrowserWindow,
  dialog,
  Display,
  IpcMainInvokeEvent,
  Menu,
  MenuItemConstructorOptions,
  powerSaveBlocker,
  screen,
  shell,
  WebFrameMain,
} from 'electron';
import { vi } from 'vitest';

type Handler = (event: IpcMainInvokeEvent, ...args: unknown[]) => unknown;

export const handlers = new Map<string, Handler>();
export const schemes: { scheme: string; handler: (request: Request) => Promise<Response> }[] = [];
export const permissions: {
  request?: (contents: unknown, permission: string, answer: (granted: boolean) => void) => void;
  check?: (contents: unknown, permission: string) => boolean;
} = {};

/** The application menu as it was last built. */
export const menus: MenuItemConstructorOptions[][] = [];
export const notifications: FakeNotification[] = [];

class FakeNotification extends EventEmitter {
  static isSupported = (): boolean => true;
  readonly words: { title: string; body: string };
  isShown = false;

  constructor(words: { title: string; body: string }) {
    super();
    this.words = words;
    notifications.push(this);
  }

  show(): void {
    this.isShown = true;
  }
}

export const fakeApp = Object.assign(new EventEmitter(), {
  whenReady: () => Promise.resolve(),
  requestSingleInstanceLock: vi.fn<() => boolean>(() => true),
  setPath: vi.fn<typeof app.setPath>(),
  quit: vi.fn<typeof app.quit>(),
  exit: vi.fn<typeof app.exit>(),
});
export const fakeDialog = {
  showOpenDialog:
    vi.fn<(window: BrowserWindow, options: object) => ReturnType<typeof dialog.showOpenDialog>>(),
  showMessageBox: vi.fn<(...args: unknown[]) => ReturnType<typeof dialog.showMessageBox>>(),
};
export const fakeShell = { showItemInFolder: vi.fn<typeof shell.showItemInFolder>() };
export const fakeBlocker = {
  start: vi.fn<typeof powerSaveBlocker.start>(),
  stop: vi.fn<typeof powerSaveBlocker.stop>(),
};
export const fakeScreen = { getAllDisplays: vi.fn<typeof screen.getAllDisplays>(() => []) };

/** A display whose work area is this. */
export const display = (x: number, y: number, width: number, height: number): Display =>
  ({ workArea: { x, y, width, height } }) as Display;

/** The windows that Electron would say are open. */
export const openWindows: BrowserWindow[] = [];

/** Everything that was recorded is forgotten. */
export function resetElectron(): void {
  vi.clearAllMocks();
  handlers.clear();
  fakeApp.removeAllListeners();
  menus.length = 0;
  openWindows.length = 0;
  notifications.length = 0;
}

/** What `vi.mock('electron')` hands to main/desktop. */
export const electron = {
  app: fakeApp,
  dialog: fakeDialog,
  shell: fakeShell,
  powerSaveBlocker: fakeBlocker,
  screen: fakeScreen,
  Notification: FakeNotification,
  Menu: {
    buildFromTemplate: (template: MenuItemConstructorOptions[]) => template as unknown as Menu,
    setApplicationMenu: (menu: Menu | null) =>
      void menus.push(menu as unknown as MenuItemConstructorOptions[]),
  },
  ipcMain: {
    handle(channel: string, handler: Handler): void {
      // Electron refuses a second handler of a channel too.
      if (handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`);
      handlers.set(channel, handler);
    },
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
  BrowserWindow: Object.assign(vi.fn(), { getAllWindows: (): BrowserWindow[] => openWindows }),
};

export interface FakeWindow {
  readonly window: BrowserWindow;
  readonly contents: EventEmitter & { openHandler?: () => { action: string }; sent: unknown[][] };
  readonly mainFrame: WebFrameMain;
  /** The numbers that the taskbar was given. */
  readonly progress: number[];
  readonly did: { focus: number; show: number; hide: number; reload: number; loaded: string[] };
  readonly state: { isFocused: boolean; isMaximized: boolean; isMinimized: boolean; isDestroyed: boolean };
}

/** A window whose page is at `url`. */
export function fakeWindow(url = 'app://studio/'): FakeWindow {
  const mainFrame = { url } as WebFrameMain;
  const sent: unknown[][] = [];
  const progress: number[] = [];
  const did = { focus: 0, show: 0, hide: 0, reload: 0, loaded: [] as string[] };
  const state = { isFocused: false, isMaximized: false, isMinimized: false, isDestroyed: false };
  const contents = Object.assign(new EventEmitter(), {
    sent,
    mainFrame,
    send: (...args: unknown[]) => void sent.push(args),
    reload: () => void did.reload++,
    setWindowOpenHandler(handler: () => { action: string }) {
      (contents as FakeWindow['contents']).openHandler = handler;
    },
  });
  const window = Object.assign(new EventEmitter(), {
    webContents: contents,
    isDestroyed: () => state.isDestroyed,
    isFocused: () => state.isFocused,
    isMaximized: () => state.isMaximized,
    getNormalBounds: () => ({ x: 10, y: 20, width: 900, height: 700 }),
    setProgressBar: (share: number) => void progress.push(share),
    loadURL: (address: string) => Promise.resolve(void did.loaded.push(address)),
    isMinimized: () => state.isMinimized,
    restore: () => void (state.isMinimized = false),
    maximize: () => void (state.isMaximized = true),
    show: () => void did.show++,
    focus: () => void did.focus++,
    hide: () => void did.hide++,
  });
  return { window: window as unknown as BrowserWindow, contents, mainFrame, progress, did, state };
}

/** Asks on a channel as the page in this window would. */
export function askFrom(page: FakeWindow, channel: string, ...args: unknown[]): unknown {
  return handlers.get(channel)!({ senderFrame: page.mainFrame } as never, ...args);
}
