// Where the window was and how large, kept in a small file of the home. A place on a display that is gone is
// forgotten; a file that makes no sense is as good as none.

import { readFileSync, writeFileSync } from 'node:fs';
import { screen, type BrowserWindow, type Rectangle } from 'electron';
import { z } from 'zod';

const stateSchema = z.strictObject({
  bounds: z.strictObject({
    x: z.number().int(),
    y: z.number().int(),
    width: z.number().int().min(400).max(20_000),
    height: z.number().int().min(300).max(20_000),
  }),
  isMaximized: z.boolean(),
});

export type WindowState = { bounds: Partial<Rectangle>; isMaximized: boolean };

const usual: WindowState = { bounds: { width: 1440, height: 900 }, isMaximized: false };
/** So much of the title bar must be on a display that it can be taken hold of. */
const visiblePixels = 80;
const settleMs = 500;

/** What the window should open with. */
export function readWindowState(file: string): WindowState {
  let state: WindowState;
  try {
    state = stateSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return usual;
  }
  const { x, y, width, height } = state.bounds as Rectangle;
  const isReachable = screen.getAllDisplays().some(({ workArea }) => {
    const shared = Math.min(x + width, workArea.x + workArea.width) - Math.max(x, workArea.x);
    return shared >= visiblePixels && y >= workArea.y && y < workArea.y + workArea.height - visiblePixels;
  });
  return isReachable ? state : { ...state, bounds: { width, height } };
}

/** Writes the window's state a moment after each change, and when it closes. */
export function keepWindowState(window: BrowserWindow, file: string): void {
  let timeout: NodeJS.Timeout | undefined;
  const write = (): void => {
    clearTimeout(timeout);
    const state = { bounds: window.getNormalBounds(), isMaximized: window.isMaximized() };
    try {
      writeFileSync(file, JSON.stringify(state), { mode: 0o600 });
    } catch {
      // A window's place is not worth a word on a disk that cannot be written.
    }
  };
  const writeSoon = (): void => {
    clearTimeout(timeout);
    timeout = setTimeout(write, settleMs);
  };
  for (const change of ['resize', 'move', 'maximize', 'unmaximize'] as const)
    window.on(change as 'resize', writeSoon);
  window.on('close', write);
  window.on('closed', () => clearTimeout(timeout));
}
