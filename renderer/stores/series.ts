// The figures of the opened runs, reduced by the store to what a chart can show. Points that arrive between two
// beats are added together; a stretch that is looked at closely is asked for again, finer.

import { defineStore } from 'pinia';
import { shallowReactive } from 'vue';
import type { MetricPoint, MetricSeries } from '../../preload/contract.ts';
import { useBridge } from '../bridge.ts';
import { withPoints, type SeriesByKey } from '../lib/charts/live-series.ts';
import { useConnectionStore } from './connection.ts';
import { useLiveBeatStore } from './live-beat.ts';

export interface RunSeries {
  /** The whole run. */
  readonly series: SeriesByKey;
  /** The stretch that is looked at closely, or null. */
  readonly zoomed: SeriesByKey | null;
}

interface Stretch {
  readonly fromStep: number;
  readonly toStep: number;
}

const bucketCount = 800;
/** So many points that came live are reduced again with the rest. */
const mostLivePoints = 4_000;

export const useSeriesStore = defineStore('series', () => {
  const bridge = useBridge();
  const beat = useLiveBeatStore();
  const byRun = shallowReactive(new Map<string, RunSeries>());
  const waiting = new Map<string, MetricPoint[]>();
  /** The question that counts, by run: an answer to one before it is out of date. */
  const asked = new Map<string, Promise<void>>();
  const stretches = new Map<string, Stretch>();
  const liveCounts = new Map<string, number>();

  function flush(): void {
    for (const [runId, points] of waiting) {
      // What comes meanwhile is laid over the answer: a step that is in both is there once.
      if (asked.has(runId)) continue;
      waiting.delete(runId);
      const known = byRun.get(runId);
      if (!known) continue;
      byRun.set(runId, {
        series: withPoints(known.series, points),
        zoomed: known.zoomed && withPoints(known.zoomed, points),
      });
      const liveCount = (liveCounts.get(runId) ?? 0) + points.length;
      liveCounts.set(runId, liveCount);
      if (liveCount > mostLivePoints) void fetch(runId).catch(() => undefined);
    }
  }

  bridge.on('run.metrics', ({ runId, points }) => {
    if (!byRun.has(runId) && !asked.has(runId)) return;
    const before = waiting.get(runId);
    if (before) before.push(...points);
    else waiting.set(runId, [...points]);
    beat.ask(flush);
  });
  bridge.on('run.removed', ({ runId }) => {
    byRun.delete(runId);
    waiting.delete(runId);
    stretches.delete(runId);
  });
  useConnectionStore().onReturn(() => {
    for (const runId of byRun.keys()) void fetch(runId).catch(() => undefined);
  });

  function fetch(runId: string): Promise<void> {
    const question: Promise<void> = read(runId, () => asked.get(runId) === question).finally(() => {
      if (asked.get(runId) !== question) return;
      asked.delete(runId);
      if (waiting.has(runId)) beat.ask(flush);
    });
    asked.set(runId, question);
    return question;
  }

  async function read(runId: string, isLatest: () => boolean): Promise<void> {
    const stretch = stretches.get(runId);
    const [series, zoomed] = await Promise.all([
      bridge.call('runs.series', { runId, bucketCount }),
      stretch ? bridge.call('runs.series', { runId, bucketCount, ...stretch }) : null,
    ]);
    if (!isLatest()) return;
    const isSameStretch = stretches.get(runId) === stretch;
    const before = byRun.get(runId)?.zoomed ?? null;
    byRun.set(runId, { series: byKey(series), zoomed: isSameStretch ? zoomed && byKey(zoomed) : before });
    liveCounts.set(runId, 0);
  }

  /** Asks for all figures of a run, once, and keeps them up to date from here on; rejects as the call does. */
  function open(runId: string): Promise<void> {
    return asked.get(runId) ?? (byRun.has(runId) ? Promise.resolve() : fetch(runId));
  }

  /** Asks for the steps from `fromStep` to `toStep` alone, as finely as a chart can show; rejects as the call does. */
  async function zoom(runId: string, fromStep: number, toStep: number): Promise<void> {
    const stretch = { fromStep, toStep };
    stretches.set(runId, stretch);
    const zoomed = byKey(await bridge.call('runs.series', { runId, bucketCount, ...stretch }));
    const known = byRun.get(runId);
    if (known && stretches.get(runId) === stretch) byRun.set(runId, { ...known, zoomed });
  }

  /** Shows the whole run again. */
  function unzoom(runId: string): void {
    stretches.delete(runId);
    const known = byRun.get(runId);
    if (known?.zoomed) byRun.set(runId, { ...known, zoomed: null });
  }

  return { byRun, open, zoom, unzoom };
});

function byKey(list: readonly MetricSeries[]): SeriesByKey {
  return new Map(list.map((series) => [series.key, series]));
}
