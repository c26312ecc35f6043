// Two models beside each other: what they came to and which settings differ. Nothing of Vue.

import {
  dataFields,
  defaultsOf,
  runSettingsSchema,
  trainingFields,
  type RunSettings,
} from '../../engine/config.ts';
import {
  formatBytes,
  formatChange,
  formatFixed,
  formatInteger,
  formatPerplexity,
  unknown,
  signed,
} from './format.ts';
import type { ModelRow } from './model-rows.ts';
import { settingsDiff, type DiffRow } from './settings-diff.ts';
import { perplexityOf } from './perplexity.ts';

export interface ComparedFigure {
  readonly label: string;
  readonly words: readonly string[];
  readonly exact: readonly (string | undefined)[];
  /** The second against the first. */
  readonly change: string;
  /** Position of the better one, or null where neither is. */
  readonly best: number | null;
}

/** What two models came to. */
export function comparedFigures(rows: readonly ModelRow[]): ComparedFigure[] {
  const figure = (
    label: string,
    valueOf: (row: ModelRow) => number | null,
    words: (value: number) => string,
    change: ((difference: number) => string) | null,
    isLowBetter = false,
  ): ComparedFigure => {
    const values = rows.map(valueOf);
    const [first, second] = values;
    const isBoth = typeof first === 'number' && typeof second === 'number' && first !== second;
    return {
      label,
      words: values.map((value) => (value === null ? unknown : words(value))),
      exact: values.map((value) => (value === null ? undefined : String(value))),
      change: isBoth && change ? change(second - first) : '',
      best: isBoth && isLowBetter ? (first < second ? 0 : 1) : null,
    };
  };
  return [
    figure('Step', ({ step }) => step, formatInteger, signed(formatInteger)),
    figure(
      'Validation loss',
      ({ evalLoss }) => evalLoss,
      (value) => formatFixed(value, 4),
      (difference) => formatChange(difference, 4),
      true,
    ),
    figure(
      'Perplexity',
      ({ evalLoss }) => perplexityOf(evalLoss),
      formatPerplexity,
      (difference) => formatChange(difference, 2),
      true,
    ),
    figure('Parameters', ({ parameterCount }) => parameterCount, formatInteger, signed(formatInteger)),
    figure('Size', ({ sizeBytes }) => sizeBytes, formatBytes, signed(formatBytes)),
    figure(
      'Saved',
      ({ createdAtMs }) => createdAtMs,
      (value) => new Date(value).toLocaleString(),
      null,
    ),
  ];
}

/** The settings that differ; of models that no run made only the model's own are known. */
export function differingSettings(told: readonly unknown[], rows: readonly ModelRow[]): DiffRow[] {
  const areRuns = rows.every(({ checkpoint }) => checkpoint !== null);
  const settings = told.map(readSettings);
  if (settings.some((one) => one === null)) return [];
  return settingsDiff(settings, 0).filter(
    ({ differs, path }) => differs && (areRuns || path.startsWith('model.')),
  );
}

/** Settings as a run has them; a model from elsewhere has none of training and gets the usual ones. */
function readSettings(value: unknown): RunSettings | null {
  if (typeof value !== 'object' || value === null) return null;
  const usual = { training: defaultsOf(trainingFields), data: defaultsOf(dataFields) };
  const parsed = runSettingsSchema.safeParse({ ...usual, ...value });
  return parsed.success ? parsed.data : null;
}
