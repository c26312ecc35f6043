// What runs have come to, beside each other: value, difference from the run they are compared with, and which is
// best where one can be. Nothing of Vue.

import type { RunSummary } from '../../preload/contract.ts';
import { csvCell } from './csv.ts';
import { formatDuration } from './duration.ts';
import {
  formatBytes,
  formatChange,
  formatCount,
  formatFixed,
  formatInteger,
  formatPerplexity,
  unknown,
  signed,
} from './format.ts';
import { taskMetrics } from './task-metrics.ts';
import type { DiffRow } from './settings-diff.ts';
import { perplexityOf } from './perplexity.ts';

export interface ResultCell {
  readonly words: string;
  /** The value in full, or null where there is none. */
  readonly exact: string | null;
  readonly value: number | null;
  readonly isBest: boolean;
  /** Against the run that all are compared with; empty for itself and where nothing can be said. */
  readonly change: string;
  readonly tone: 'good' | 'bad' | 'plain';
}

export interface ResultRow {
  readonly id: string;
  readonly label: string;
  readonly help: string;
  readonly cells: readonly ResultCell[];
}

/** The highest value of a metric key that a run has come to, or null where it has none. */
export type BestOf = (runId: string, key: string) => number | null;

interface Measure {
  readonly id: string;
  readonly label: string;
  readonly help: string;
  /** Which way is better; none where neither is. */
  readonly better: 'low' | 'high' | null;
  readonly value: (run: RunSummary, bestOf: BestOf) => number | null;
  readonly words: (value: number) => string;
  readonly change: (difference: number) => string;
  readonly unit?: string;
}

const loss = (value: number): string => formatFixed(value, 3);
const measures: readonly Measure[] = [
  {
    id: 'bestEvalLoss',
    label: 'Best validation loss',
    help: 'The lowest loss on held-out text.',
    better: 'low',
    value: (run) => run.bestEvalLoss,
    words: loss,
    change: (difference) => formatChange(difference, 3),
  },
  {
    id: 'bestPerplexity',
    label: 'Best perplexity',
    help: 'e to the best validation loss: among how many equally likely tokens the model hesitates.',
    better: 'low',
    value: (run) => perplexityOf(run.bestEvalLoss),
    words: formatPerplexity,
    change: (difference) => formatChange(difference, 2),
  },
  {
    id: 'bestStep',
    label: 'Best at step',
    help: 'The step of the lowest validation loss.',
    better: null,
    value: (run) => run.bestStep,
    words: formatInteger,
    change: signed(formatInteger),
  },
  {
    id: 'evalLoss',
    label: 'Last validation loss',
    help: 'The loss on held-out text when it was last measured.',
    better: 'low',
    value: (run) => run.evalLoss,
    words: loss,
    change: (difference) => formatChange(difference, 3),
  },
  {
    id: 'trainLoss',
    label: 'Train loss',
    help: 'The loss of the last step on the text that is trained on.',
    better: 'low',
    value: (run) => run.trainLoss,
    words: loss,
    change: (difference) => formatChange(difference, 3),
  },
  {
    id: 'step',
    label: 'Steps',
    help: 'Optimizer steps done.',
    better: null,
    value: (run) => run.step,
    words: formatInteger,
    change: signed(formatInteger),
  },
  {
    id: 'activeMs',
    label: 'Time',
    help: 'Time spent with the device, pauses left out.',
    better: null,
    value: (run) => run.activeMs,
    words: formatDuration,
    change: signed(formatDuration),
    unit: 'ms',
  },
  {
    id: 'tokensPerSecond',
    label: 'Tokens per second',
    help: 'How many tokens were trained on each second.',
    better: 'high',
    value: (run) => run.tokensPerSecond,
    words: formatInteger,
    change: signed(formatInteger),
  },
  {
    id: 'parameterCount',
    label: 'Parameters',
    help: 'How many numbers the model learns.',
    better: null,
    value: (run) => run.parameterCount,
    words: formatCount,
    change: signed(formatCount),
  },
  {
    id: 'memoryBytes',
    label: 'Memory',
    help: 'What the model, its gradients, the optimizer and one batch take.',
    better: null,
    value: (run) => run.memoryBytes || null,
    words: formatBytes,
    change: signed(formatBytes),
    unit: 'bytes',
  },
];

/** What the tasks of the runs are measured by; rows that no run has are left out. */
const ofTasks: readonly Measure[] = taskMetrics.map(({ key, label, help, words, change }) => ({
  id: key,
  label: `Best ${label === 'Accuracy' ? 'accuracy' : label}`,
  help,
  better: 'high',
  value: ({ id }, bestOf) => bestOf(id, key),
  words,
  change,
}));

/** One row a measure, one cell a run; `reference` is the position of the run the others are compared with. */
export function resultRows(
  runs: readonly RunSummary[],
  reference: number,
  bestOfKey: BestOf = () => null,
): ResultRow[] {
  const shown = ofTasks.filter(({ value }) => runs.some((run) => value(run, bestOfKey) !== null));
  return [...shown, ...measures].map((measure) => {
    const values = runs.map((run) => finite(measure.value(run, bestOfKey)));
    const best = bestOf(values, measure.better);
    return {
      id: measure.id,
      label: measure.label,
      help: measure.help,
      cells: values.map((value, index) => ({
        value,
        words: value === null ? unknown : measure.words(value),
        exact: value === null ? null : [value, measure.unit].filter((part) => part !== undefined).join(' '),
        isBest: value !== null && value === best,
        ...changeOf(measure, value, index === reference ? null : (values[reference] ?? null)),
      })),
    };
  });
}

/** The best of the values, or null where none is better than another. */
function bestOf(values: readonly (number | null)[], better: Measure['better']): number | null {
  const known = values.filter((value) => value !== null);
  if (better === null || new Set(known).size < 2) return null;
  return better === 'low' ? Math.min(...known) : Math.max(...known);
}

function changeOf(
  { change, better }: Measure,
  value: number | null,
  reference: number | null,
): Pick<ResultCell, 'change' | 'tone'> {
  if (value === null || reference === null || value === reference) return { change: '', tone: 'plain' };
  const difference = value - reference;
  const isGood = better === 'low' ? difference < 0 : difference > 0;
  return { change: change(difference), tone: better === null ? 'plain' : isGood ? 'good' : 'bad' };
}

function finite(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}

/** The run of the lowest validation loss, or null before any was measured. */
export function bestRun(runs: readonly RunSummary[]): RunSummary | null {
  const measured = runs.filter(({ bestEvalLoss }) => finite(bestEvalLoss) !== null);
  return measured.reduce<RunSummary | null>(
    (best, run) => (best === null || run.bestEvalLoss! < best.bestEvalLoss! ? run : best),
    null,
  );
}

/** Results and settings as comma-separated values: a row a figure or setting, a column a run, numbers in full. */
export function comparisonCsv(
  runs: readonly RunSummary[],
  results: readonly ResultRow[],
  settings: readonly DiffRow[],
): string {
  const rows: (readonly (string | number | boolean | null | undefined)[])[] = [
    ['', ...runs.map(({ name }) => name)],
    ['state', ...runs.map(({ state }) => state)],
    ['dataset', ...runs.map(({ datasetName }) => datasetName)],
    ...results.map(({ id, cells }) => [id, ...cells.map(({ value }) => value)]),
    ...settings.map(({ path, cells }) => [path, ...cells.map(({ value }) => value)]),
  ];
  return `${rows.map((row) => row.map(csvCell).join(',')).join('\n')}\n`;
}
