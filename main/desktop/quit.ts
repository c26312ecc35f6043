// Leaving: a question first where a run would be interrupted, then the studio saves what runs, then the
// process ends. Closing the window is leaving, except on macOS, where the application stays.

import { app, dialog, type BrowserWindow } from 'electron';
import type { TheWindow } from './ipc.ts';
import type { RunningRuns } from './running-runs.ts';

export interface Leaving {
  readonly runs: RunningRuns;
  readonly theWindow: TheWindow;
  /** Whether runs are carried out by this process and stop with it. */
  carriesRuns(): boolean;
  /** Saves and ends what this process does. */
  close(): Promise<void>;
}

export interface QuitGuard {
  /** Makes closing this window leave in the same way. */
  watch(window: BrowserWindow): void;
  /** Leaves without a question: whoever sends a signal has decided. */
  leaveNow(): void;
}

/** Stands between every way of quitting and the end of the process. */
export function guardQuit({ runs, theWindow, carriesRuns, close }: Leaving): QuitGuard {
  let stage: 'open' | 'asking' | 'leaving' | 'done' = 'open';
  const leave = async (): Promise<void> => {
    stage = 'leaving';
    theWindow()?.hide();
    await close().catch((error: unknown) =>
      process.stderr.write(`heddle: saving failed: ${String(error)}\n`),
    );
    stage = 'done';
    app.quit();
  };
  const askAndLeave = async (): Promise<void> => {
    stage = 'asking';
    const isSure = runs.list().length === 0 || !carriesRuns() || (await askToPause(theWindow(), runs));
    if (isSure) await leave();
    else stage = 'open';
  };
  app.on('before-quit', (event) => {
    if (stage === 'done') return;
    event.preventDefault();
    if (stage === 'open') void askAndLeave();
  });
  return {
    watch(window) {
      window.on('close', (event) => {
        if (stage === 'done' || process.platform === 'darwin') return;
        event.preventDefault();
        app.quit();
      });
    },
    leaveNow() {
      if (stage === 'open' || stage === 'asking') void leave();
    },
  };
}

/** The default button is the one that loses nothing of the user's time. */
async function askToPause(window: BrowserWindow | null, runs: RunningRuns): Promise<boolean> {
  const names = runs.list().map(({ name }) => name);
  const question = {
    type: 'question' as const,
    message: names.length === 1 ? `${names[0]} is training.` : `${names.length} runs are training.`,
    detail: 'It is saved and paused when Heddle quits, and can be resumed where it was.',
    buttons: ['Pause and quit', 'Cancel'],
    defaultId: 1,
    cancelId: 1,
    noLink: true,
  };
  const { response } = await (window
    ? dialog.showMessageBox(window, question)
    : dialog.showMessageBox(question));
  return response === 0;
}
