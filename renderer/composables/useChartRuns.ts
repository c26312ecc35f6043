// The runs that charts show, made from summaries, details and figures, which are asked for as runs are named.

import { computed, watch, type ComputedRef } from 'vue';
import type { RunSummary } from '../../preload/contract.ts';
import type { ChartRun } from '../lib/charts/chart-run.ts';
import { marksOf } from '../lib/charts/marks.ts';
import { upToStep } from '../lib/charts/live-series.ts';
import { tokensPerStep } from '../lib/run-figures.ts';
import { useRunDetailsStore, type OpenedRun } from '../stores/run-details.ts';
import { useRunsStore } from '../stores/runs.ts';
import { useSeriesStore, type RunSeries } from '../stores/series.ts';
import { useToastsStore } from '../stores/toasts.ts';

export interface ChartRunsOptions {
  /** Draws train and validation in their own colours, and what a fork grew out of behind it. */
  readonly isOwnPage: boolean;
  /** The run that is drawn as the one the others are compared with. */
  readonly baselineRunId?: () => string | null;
}

/** What a run is drawn from; nothing is made anew, and so drawn again, while it stays the same. */
interface Sources {
  readonly summary: RunSummary;
  readonly figures: RunSeries;
  readonly detail: OpenedRun | null;
  readonly isBaseline: boolean;
  /** Where a fork left this run, or null for a run that is shown for itself. */
  readonly leftAtStep: number | null;
}

/** Opens the named runs and gives them as charts see them; runs that are not there are left out. */
export function useChartRuns(
  runIds: () => readonly string[],
  { isOwnPage, baselineRunId = () => null }: ChartRunsOptions,
): ComputedRef<readonly ChartRun[]> {
  const runs = useRunsStore();
  const details = useRunDetailsStore();
  const figuresStore = useSeriesStore();
  const toasts = useToastsStore();

  const ancestors = computed(() =>
    isOwnPage
      ? runIds()
          .flatMap((id) => details.details.get(id)?.ancestors ?? [])
          .filter(({ runId }) => runs.byId.has(runId))
      : [],
  );
  // A run's own page opens it, and says so itself when it cannot.
  const opened = computed(() => [
    ...(isOwnPage ? [] : runIds()),
    ...ancestors.value.map(({ runId }) => runId),
  ]);
  watch(
    () => opened.value.join(' '),
    () => {
      for (const id of opened.value) {
        details.open(id).catch((error: unknown) => toasts.fail('The run was not opened', error));
        figuresStore.open(id).catch((error: unknown) => toasts.fail('The figures were not opened', error));
      }
    },
    { immediate: true },
  );

  function sourcesOf(id: string, leftAtStep: number | null): Sources[] {
    const summary = runs.byId.get(id);
    const figures = figuresStore.byRun.get(id);
    if (!summary || !figures) return [];
    const isBaseline = !isOwnPage && baselineRunId() === id;
    return [{ summary, figures, detail: details.details.get(id) ?? null, isBaseline, leftAtStep }];
  }

  let made: readonly { sources: Sources; chartRun: ChartRun }[] = [];
  let shown: readonly ChartRun[] = [];
  return computed(() => {
    const wanted = [
      ...[...ancestors.value].reverse().flatMap(({ runId, step }) => sourcesOf(runId, step)),
      ...runIds().flatMap((id) => sourcesOf(id, null)),
    ];
    made = wanted.map(
      (sources) =>
        made.find((one) => isSameDrawing(one.sources, sources)) ?? {
          sources,
          chartRun: chartRunOf(sources, isOwnPage),
        },
    );
    const next = made.map(({ chartRun }) => chartRun);
    const isSame = next.length === shown.length && next.every((run, index) => run === shown[index]);
    if (!isSame) shown = next;
    return shown;
  });
}

/** Summaries change several times a second; only these parts of them are drawn. */
const drawnParts = [
  'id',
  'name',
  'color',
  'state',
  'startedAtMs',
  'totalSteps',
  'bestStep',
  'error',
] as const;

function isSameDrawing(one: Sources, other: Sources): boolean {
  return (
    one.figures === other.figures &&
    one.detail === other.detail &&
    one.isBaseline === other.isBaseline &&
    one.leftAtStep === other.leftAtStep &&
    drawnParts.every((part) => one.summary[part] === other.summary[part])
  );
}

function chartRunOf(
  { summary, figures, detail, isBaseline, leftAtStep }: Sources,
  isOwnPage: boolean,
): ChartRun {
  const isAncestor = leftAtStep !== null;
  const series = figures.zoomed ?? figures.series;
  return {
    runId: summary.id,
    name: summary.name,
    color: isOwnPage ? null : summary.color,
    isBaseline,
    isLive: !isAncestor && summary.state === 'running',
    isAncestor,
    startedAtMs: summary.startedAtMs,
    tokensPerStep: detail ? tokensPerStep(detail.settings) : 0,
    totalSteps: isAncestor ? 0 : summary.totalSteps,
    series: isAncestor ? upToStep(series, leftAtStep) : series,
    marks: isAncestor ? [] : marksOf(summary, detail?.events ?? [], detail?.checkpoints ?? []),
    bestStep: isAncestor ? null : summary.bestStep,
  };
}
