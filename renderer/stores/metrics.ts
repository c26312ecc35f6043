// The figures of the opened runs. Points that arrive between two frames are added together, so that a fast run
// redraws its charts once a frame at most.

import { defineStore } from 'pinia';
import { shallowReactive } from 'vue';
import type { MetricPoint } from '../../preload/contract.ts';
import { useBridge } from '../bridge.ts';
import { appendPoints, type MetricTable } from '../lib/metric-table.ts';
import { useConnectionStore } from './connection.ts';

export interface RunMetrics {
  /** Changed in place; `version` counts the changes and is what to depend on. */
  readonly table: MetricTable;
  readonly version: number;
}

export const useMetricsStore = defineStore('metrics', () => {
  const bridge = useBridge();
  const byRun = shallowReactive(new Map<string, RunMetrics>());
  const waiting = new Map<string, MetricPoint[]>();
  const loading = new Set<string>();
  let isFrameAsked = false;

  function add(runId: string, points: readonly MetricPoint[]): void {
    const known = byRun.get(runId);
    if (!known || points.length === 0) return;
    appendPoints(known.table, points);
    byRun.set(runId, { table: known.table, version: known.version + 1 });
  }

  function flush(): void {
    isFrameAsked = false;
    for (const [runId, points] of waiting) {
      if (loading.has(runId)) continue;
      waiting.delete(runId);
      add(runId, points);
    }
  }

  function askFrame(): void {
    if (isFrameAsked) return;
    isFrameAsked = true;
    requestAnimationFrame(flush);
  }

  bridge.on('run.metrics', ({ runId, points }) => {
    if (!byRun.has(runId) && !loading.has(runId)) return;
    waiting.set(runId, [...(waiting.get(runId) ?? []), ...points]);
    askFrame();
  });
  bridge.on('run.removed', ({ runId }) => {
    byRun.delete(runId);
    waiting.delete(runId);
  });
  useConnectionStore().onReturn(() => {
    for (const runId of byRun.keys()) void open(runId).catch(() => undefined);
  });

  /** Asks for all figures of a run and keeps them up to date from here on; rejects as the call does. */
  async function open(runId: string): Promise<void> {
    loading.add(runId);
    try {
      const points = await bridge.call('runs.metrics', { runId });
      const table: MetricTable = new Map();
      appendPoints(table, points);
      byRun.set(runId, { table, version: (byRun.get(runId)?.version ?? 0) + 1 });
    } finally {
      loading.delete(runId);
      askFrame();
    }
  }

  return { byRun, open };
});
