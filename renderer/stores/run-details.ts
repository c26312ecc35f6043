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
  /** The question that counts, by run: an answer to one before it is out of date. */
  const asked = new Map<string, Promise<void>>();
  /** Runs to which something happened while they were asked for. */
  const missed = new Set<string>();

  function change(runId: string, make: (detail: OpenedRun) => Partial<OpenedRun>): void {
    // The answer may have been made before this happened.
    if (asked.has(runId)) missed.add(runId);
    const detail = details.get(runId);
    if (detail) details.set(runId, { ...detail, ...make(detail) });
  }

  bridge.on('run.sample', ({ runId, sample }) =>
    change(runId, ({ samples }) => ({
      samples: [...samples.filter(({ step }) => step < sample.step), sample],
    })),
  );
  bridge.on('run.checkpoint', (checkpoint) =>
    change(checkpoint.runId ?? '', ({ checkpoints }) => ({
      checkpoints: [
        ...checkpoints
          .filter(({ step }) => step !== checkpoint.step)
          .map((one) => (checkpoint.isBest ? { ...one, isBest: false } : one)),
        checkpoint,
      ].sort((a, b) => a.step - b.step),
    })),
  );
  bridge.on('run.checkpointRemoved', ({ runId, step: removed }) =>
    change(runId, ({ checkpoints }) => ({ checkpoints: checkpoints.filter(({ step }) => step !== removed) })),
  );
  bridge.on('run.event', ({ runId, event }) => {
    change(runId, ({ events }) => ({ events: [...events, event] }));
    // Only now is the vocabulary known, and with it the settings as they are used.
    if (event.key === 'prepared') void fetch(runId).catch(() => undefined);
  });
  bridge.on('run.removed', ({ runId }) => details.delete(runId));
  useConnectionStore().onReturn(() => {
    for (const runId of details.keys()) void fetch(runId).catch(() => undefined);
  });

  function fetch(runId: string): Promise<void> {
    const question: Promise<void> = read(runId, () => asked.get(runId) === question).finally(() => {
      if (asked.get(runId) !== question) return;
      asked.delete(runId);
      if (missed.delete(runId)) void fetch(runId).catch(() => undefined);
    });
    asked.set(runId, question);
    return question;
  }

  async function read(runId: string, isLatest: () => boolean): Promise<void> {
    const { summary: _, ...detail } = await bridge.call('runs.get', { runId });
    if (isLatest()) details.set(runId, detail);
  }

  /** Asks for a run's details, once, and keeps them up to date from here on; rejects as the call does. */
  function open(runId: string): Promise<void> {
    return asked.get(runId) ?? (details.has(runId) ? Promise.resolve() : fetch(runId));
  }

  return { details, open };
});
