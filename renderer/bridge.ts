// The only file that knows which host the page is in: Electron's window where its preload script ran, else
// the browser host. Holds no state of the studio.

import { browserBridge } from './bridge/browser-bridge.ts';
import { desktopBridge, type DesktopStudio } from './bridge/desktop-bridge.ts';
import type { Bridge } from './bridge/interface.ts';

export type { AdmitProgress, Bridge, ChooseOptions, PublishedCommand } from './bridge/interface.ts';

let current: Bridge | undefined;

/** The page's bridge, made on first use. */
export function useBridge(): Bridge {
  current ??= createBridge();
  return current;
}

/** Replaces the bridge; tests give a studio of their own. */
export function setBridge(bridge: Bridge): void {
  current = bridge;
}

function createBridge(): Bridge {
  const { studio } = window as Window & { studio?: DesktopStudio };
  if (studio) return desktopBridge(studio);
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  return browserBridge(() => new WebSocket(`${scheme}://${location.host}/ws`));
}
