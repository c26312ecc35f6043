// What is known of the opened runs beside their summaries and figures: settings, checkpoints, samples, events.

import { defineStore } from 'pinia';
import { shallowReactive } from 'vue';
import type { RunDetail } from '../../preload/contract.ts';
import { useBridge } from '../bridge.ts';
import { useConnectionStore } from './connection.ts';

export type OpenedRun = Omit<RunDetail, 'summary'>;

export const useRunDetailsStore = defineStore('run-details', () => {
  const bridge = useBridge();
  const details = shallowReactive(new Map<string, OpenedRun>());

  function change(runId: string, make: (detail: OpenedRun) => Partial<OpenedRun>): void {
    const detail = details.get(runId);
    if (detail) details.set(runId, { ...detail, ...make(detail) });
  }

  bridge.on('run.sample', ({ runId, sample }) =>
    change(runId, ({ samples }) => ({
      samples: [...samples.filter(({ step }) => step < sample.step), sample],
    })),
  );
  bridge.on('run.checkpoint', (checkpoint) =>
    change(checkpoint.runId, ({ checkpoints }) => ({
      checkpoints: [
        ...checkpoints
          .filter(({ step }) => step !== checkpoint.step)
          .map((one) => (checkpoint.isBest ? { ...one, isBest: false } : one)),
        checkpoint,
      ].sort((a, b) => a.step - b.step),
    })),
  );
  bridge.on('run.event', ({ runId, event }) => {
    change(runId, ({ events }) => ({ events: [...events, event] }));
    // Only now is the vocabulary known, and with it the settings as they are used.
    if (event.key === 'prepared') void open(runId).catch(() => undefined);
  });
  bridge.on('run.removed', ({ runId }) => details.delete(runId));
  useConnectionStore().onReturn(() => {
    for (const runId of details.keys()) void open(runId).catch(() => undefined);
  });

  /** Asks for a run's details and keeps them up to date from here on; rejects as the call does. */
  async function open(runId: string): Promise<void> {
    const { settings, checkpoints, samples, events } = await bridge.call('runs.get', { runId });
    details.set(runId, { settings, checkpoints, samples, events });
  }

  return { details, open };
});
