// Follows a run until it ends: shows what it says, turns Ctrl-C into "save and stop" and a second one into
// "stop at once", and lets it go on when the process that carried it out has died.

import type { CallInput, RunState, RunSummary, Studio } from '../../preload/contract.ts';
import type { Output } from './output.ts';
import { RunPrinter } from './run-printer.ts';

/** Two signals closer together are one: npm and the terminal both pass Ctrl-C on. */
const sameSignalMs = 300;
/** A run that says nothing for so long is asked how it is: who trained it may have ended. */
const pollMs = 500;
const over: ReadonlySet<RunState> = new Set(['paused', 'finished', 'stopped', 'failed', 'crashed']);

export interface FollowedRun {
  readonly summary: RunSummary;
  readonly isInterrupted: boolean;
}

/** Shows a run until it is over. `again` is how it is resumed when its process dies. */
export async function followRun(
  studio: Studio,
  started: RunSummary,
  output: Output,
  again: Pick<CallInput<'runs.resume'>, 'device' | 'stopAtStep'>,
): Promise<FollowedRun> {
  const runId = started.id;
  const printer = new RunPrinter(output, started);
  let summary = started;
  let interrupts = 0;
  let wake: () => void = () => undefined;
  // Asked at once: what was said before anybody listened was not heard.
  let heardAtMs = -Infinity;
  const hear = (update: RunSummary): void => {
    summary = update;
    printer.update(update);
    if (over.has(update.state)) wake();
  };
  const ofThis = (id: string | null): boolean => {
    if (id !== runId) return false;
    heardAtMs = performance.now();
    return true;
  };
  const stops = [
    studio.on('run.updated', (update) => ofThis(update.id) && hear(update)),
    studio.on('run.metrics', (data) => ofThis(data.runId) && printer.metrics(data.points)),
    studio.on('run.sample', (data) => ofThis(data.runId) && printer.sample(data.sample)),
    studio.on('run.event', (data) => ofThis(data.runId) && printer.event(data.event)),
    studio.on('run.checkpoint', (data) => ofThis(data.runId) && printer.checkpoint(data)),
  ];
  const interrupt = onInterrupt(() => {
    interrupts++;
    output.note(interrupts === 1 ? 'Saving and stopping; Ctrl-C again stops at once.' : 'Stopping at once.');
    studio.call('runs.stop', { runId, save: interrupts === 1 }).catch(() => undefined);
  });
  try {
    printer.update(started);
    for (;;) {
      // Events tell at once; asking in silence survives the end of the process that sent them.
      if (performance.now() - heardAtMs >= pollMs) {
        const asked = await studio.call('runs.get', { runId }).catch(() => null);
        if (asked && asked.summary.state !== summary.state) hear(asked.summary);
        heardAtMs = performance.now();
      }
      if (over.has(summary.state)) {
        const isAbandoned = summary.state === 'crashed' && summary.error === null && interrupts === 0;
        if (!isAbandoned) break;
        output.note('The process that trained this run has ended; it goes on here.');
        summary = await studio.call('runs.resume', { runId, ...again });
      }
      await Promise.race([
        new Promise<void>((resolve) => (wake = resolve)),
        new Promise((resolve) => setTimeout(resolve, Math.max(0, heardAtMs + pollMs - performance.now()))),
      ]);
    }
    output.clearStatus();
    return { summary, isInterrupted: interrupts > 0 };
  } finally {
    interrupt.stop();
    for (const stop of stops) stop();
  }
}

/** Calls back for each Ctrl-C or request to end, once for those that come together. */
export function onInterrupt(callback: () => void): { stop: () => void } {
  let lastMs = -Infinity;
  const hear = (): void => {
    const nowMs = performance.now();
    const isRepeat = nowMs - lastMs < sameSignalMs;
    lastMs = nowMs;
    if (!isRepeat) callback();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, hear);
  return {
    stop: () => {
      for (const signal of signals) process.off(signal, hear);
    },
  };
}
