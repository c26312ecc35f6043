// How far the runs that train are, on the window's place in the taskbar or dock.

import type { RunSummary } from '../../preload/contract.ts';
import type { TheWindow } from './ipc.ts';
import type { RunningRuns } from './running-runs.ts';

/** Takes the bar away. */
const none = -1;

/** Shows the share of all steps that are done, for as long as something trains. */
export function showProgress(runs: RunningRuns, theWindow: TheWindow): void {
  runs.onChange((running) => {
    const window = theWindow();
    if (window && !window.isDestroyed()) window.setProgressBar(shareDone(running));
  });
}

function shareDone(running: readonly RunSummary[]): number {
  const total = running.reduce((sum, { totalSteps }) => sum + totalSteps, 0);
  if (total === 0) return none;
  return Math.min(1, running.reduce((sum, { step }) => sum + step, 0) / total);
}
