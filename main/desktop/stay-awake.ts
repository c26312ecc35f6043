// Keeps the computer from falling asleep while something trains; the display may go dark.

import { powerSaveBlocker } from 'electron';
import type { RunningRuns } from './running-runs.ts';

/** Blocks sleep from the first running run to the last. */
export function stayAwake(runs: RunningRuns): void {
  let blocker: number | null = null;
  runs.onChange((running) => {
    if (running.length > 0) blocker ??= powerSaveBlocker.start('prevent-app-suspension');
    else if (blocker !== null) {
      powerSaveBlocker.stop(blocker);
      blocker = null;
    }
  });
}
