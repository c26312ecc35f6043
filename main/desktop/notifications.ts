// A notification of the system when a run ends by itself, unless the user is looking at the window or has
// turned them off.

import { Notification } from 'electron';
import type { RunSummary, Studio } from '../../preload/contract.ts';
import type { TheWindow } from './ipc.ts';
import type { RunningRuns } from './running-runs.ts';

/** Notifies of every run that finishes or fails. */
export function notifyOfEnds(runs: RunningRuns, studio: Studio, theWindow: TheWindow): void {
  runs.onEnd((ended) => {
    void (async () => {
      if (theWindow()?.isFocused() || !Notification.isSupported() || !(await isWanted(studio))) return;
      const notification = new Notification(wordsOf(ended));
      notification.on('click', () => {
        theWindow()?.show();
        theWindow()?.focus();
      });
      notification.show();
    })();
  });
}

/** A studio that cannot say so has not been told not to. */
async function isWanted(studio: Studio): Promise<boolean> {
  const preferences = await studio.call('preferences.get', {}).catch(() => null);
  return preferences?.notifications ?? true;
}

function wordsOf({ name, state, step, evalLoss, error }: RunSummary): { title: string; body: string } {
  if (state === 'finished') {
    const loss = evalLoss === null ? '' : `, validation loss ${evalLoss.toFixed(3)}`;
    return { title: `${name} has finished`, body: `${step} steps${loss}.` };
  }
  return {
    title: `${name} has failed`,
    body: error?.message ?? 'It can be resumed from its last checkpoint.',
  };
}
