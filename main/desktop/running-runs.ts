// Which runs are training, as the studio tells it: what the taskbar, notifications, sleep and quitting need
// to know. Must not act on it.

import type { RunSummary, Studio } from '../../preload/contract.ts';

/** How a run can end by itself. */
const endings = ['finished', 'failed', 'crashed'];
const lookMs = 30_000;

export interface RunningRuns {
  /** The runs that train right now. */
  list(): readonly RunSummary[];
  /** Hears of every change of a run that trains or stops training. */
  onChange(listener: (running: readonly RunSummary[]) => void): void;
  /** Hears of a run that ended by itself: it finished, failed or crashed. */
  onEnd(listener: (ended: RunSummary) => void): void;
}

/** Follows the runs of a studio from now on. */
export function followRuns(studio: Studio): RunningRuns {
  const running = new Map<string, RunSummary>();
  const changeListeners: ((running: readonly RunSummary[]) => void)[] = [];
  const endListeners: ((ended: RunSummary) => void)[] = [];
  const list = (): readonly RunSummary[] => [...running.values()];
  const changed = (): void => changeListeners.forEach((listener) => listener(list()));
  const hear = (summary: RunSummary): void => {
    if (summary.state === 'running') {
      running.set(summary.id, summary);
      changed();
    } else if (running.delete(summary.id)) {
      changed();
      if (endings.includes(summary.state)) endListeners.forEach((listener) => listener(summary));
    }
  };
  studio.on('run.updated', hear);
  studio.on('run.removed', ({ runId }) => {
    if (running.delete(runId)) changed();
  });
  const look = async (): Promise<void> => {
    const summaries = await studio.call('runs.list', {}).catch(() => []);
    for (const summary of summaries) if (running.get(summary.id)?.state !== summary.state) hear(summary);
  };
  // What was running before this process came.
  void look();
  // A process that carried a run may die without a word: whoever takes over says nothing of what has ended.
  setInterval(() => void (running.size > 0 && look()), lookMs).unref();
  return {
    list,
    onChange: (listener) => void changeListeners.push(listener),
    onEnd: (listener) => void endListeners.push(listener),
  };
}
