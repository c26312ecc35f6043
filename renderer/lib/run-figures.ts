// The six figures at the top of a run: value, unit and what changed, from its summary, settings and metrics.

import { sequenceLength, type RunSettings } from '../../engine/config.ts';
import type { RunEvent, RunSummary } from '../../preload/contract.ts';
import { lastValue, type SeriesByKey } from './charts/live-series.ts';
import {
  formatBytes,
  formatChange,
  formatFixed,
  formatInteger,
  formatPerplexity,
  formatStepRate,
  unknown,
} from './format.ts';
import { smoothed } from './smoothing.ts';
import { mainMetric, type TaskMetric } from './task-metrics.ts';

export interface Figure {
  readonly label: string;
  readonly value: string;
  readonly note: string;
  readonly tone: 'good' | 'bad' | 'plain';
  /** What the figure means, shown when pointed at. */
  readonly help: string;
}

/** `computerMemoryBytes` is null until the device has been asked. */
export function runFigures(
  summary: RunSummary,
  settings: RunSettings | null,
  table: SeriesByKey,
  computerMemoryBytes: number | null,
): Figure[] {
  const metric = mainMetric(summary.task);
  return [
    trainLoss(summary, settings, table),
    validation('Validation loss', 'eval/loss', summary, table, 3),
    metric
      ? taskFigure(metric, summary, table)
      : validation('Validation perplexity', 'eval/perplexity', summary, table, 2),
    tokensPerSecond(summary, settings),
    gradientNorm(settings, table),
    memory(summary, table, computerMemoryBytes),
  ];
}

/** Tokens that one optimizer step trains on. */
export function tokensPerStep({ model, training }: RunSettings): number {
  const { perDeviceTrainBatchSize, gradientAccumulationSteps } = training;
  return perDeviceTrainBatchSize * gradientAccumulationSteps * sequenceLength(model, training);
}

/** The learning rate that the schedule is made from: of the last change, else of the settings. */
export function learningRateOf({
  settings,
  events,
}: {
  readonly settings: RunSettings;
  readonly events: readonly RunEvent[];
}): number {
  const change = events.findLast(({ key }) => key === 'learningRate');
  return change ? Number(change.value) : settings.training.learningRate;
}

function trainLoss(summary: RunSummary, settings: RunSettings | null, table: SeriesByKey): Figure {
  const series = table.get('train/loss');
  const curve = series ? smoothed(series.means) : [];
  const now = curve.at(-1) ?? null;
  const since = (series?.steps.at(-1) ?? 0) - (settings?.training.evalSteps || 100);
  const before = series?.steps.findLastIndex((step) => step <= since) ?? -1;
  const change = now !== null && before >= 0 ? now - curve[before]! : null;
  return {
    label: 'Train loss',
    value: formatFixed(now ?? summary.trainLoss, 3),
    note: change === null ? '' : `${formatChange(change, 3)} since ${formatInteger(series!.steps[before]!)}`,
    tone: toneOf(change),
    help: 'How surprised the model is by the text it trains on, smoothed; lower is better.',
  };
}

function validation(
  label: string,
  key: 'eval/loss' | 'eval/perplexity',
  { bestStep }: RunSummary,
  table: SeriesByKey,
  digits: number,
): Figure {
  const series = table.get(key);
  const now = series?.means.at(-1) ?? null;
  const before = series?.means.at(-2) ?? null;
  const change = now !== null && before !== null ? now - before : null;
  const isBest = now !== null && bestStep !== null && series!.steps.at(-1) === bestStep;
  const words = [change === null ? '' : formatChange(change, digits), isBest ? 'best' : ''];
  return {
    label,
    value: key === 'eval/loss' ? formatFixed(now, digits) : formatPerplexity(now),
    note: words.filter(Boolean).join(' · '),
    tone: toneOf(change),
    help:
      key === 'eval/loss'
        ? 'The loss on held-out text that the model never trains on; the change is since the evaluation before.'
        : 'Among how many equally likely tokens the model hesitates on held-out text: e to the validation loss.',
  };
}

/** What the task is judged by, in the place of the perplexity. */
function taskFigure(metric: TaskMetric, { bestStep }: RunSummary, table: SeriesByKey): Figure {
  const series = table.get(metric.key);
  const now = series?.means.at(-1) ?? null;
  const before = series?.means.at(-2) ?? null;
  const change = now !== null && before !== null ? now - before : null;
  const isBest = now !== null && bestStep !== null && series!.steps.at(-1) === bestStep;
  const words = [change === null ? '' : metric.change(change), isBest ? 'best' : ''];
  return {
    label: `Validation ${metric.name === 'bleu' ? metric.label : metric.label.toLowerCase()}`,
    value: now === null ? unknown : metric.words(now),
    note: words.filter(Boolean).join(' · '),
    tone: toneOf(change === null ? null : -change),
    help: metric.help,
  };
}

/** Steps a second; where examples are of many lengths, on average over the run. */
function stepRate(
  { task, tokensPerSecond, step, activeMs }: RunSummary,
  settings: RunSettings,
): number | null {
  if (task !== 'text') return step > 0 && activeMs > 0 ? (1_000 * step) / activeMs : null;
  return tokensPerSecond ? tokensPerSecond / tokensPerStep(settings) : null;
}

function tokensPerSecond(summary: RunSummary, settings: RunSettings | null): Figure {
  const { tokensPerSecond, state } = summary;
  const stepsPerSecond = settings && stepRate(summary, settings);
  return {
    label: 'Tokens per second',
    value: formatInteger(tokensPerSecond),
    note: stepsPerSecond === null ? '' : formatStepRate(stepsPerSecond),
    tone: 'plain',
    help:
      state === 'running'
        ? 'How many tokens are trained on each second.'
        : 'How many tokens were trained on each second when the run ended.',
  };
}

function gradientNorm(settings: RunSettings | null, table: SeriesByKey): Figure {
  const clip = settings?.training.maxGradNorm ?? 0;
  return {
    label: 'Gradient norm',
    value: formatFixed(lastValue(table, 'train/grad_norm'), 2),
    note: settings ? (clip > 0 ? `clip ${clip.toFixed(1)}` : 'not clipped') : '',
    tone: 'plain',
    help: 'Length of the gradient before it is clipped; sudden peaks are a sign of trouble.',
  };
}

/** On the CPU what the engine holds now, on a GPU what the plan takes there: its process does not show it. */
function memory(
  { memoryBytes, deviceKind }: RunSummary,
  table: SeriesByKey,
  computerMemoryBytes: number | null,
): Figure {
  const isOnGpu = deviceKind === 'webgpu';
  const heldBytes = isOnGpu ? memoryBytes : (lastValue(table, 'system/memory_bytes') ?? memoryBytes);
  const total = computerMemoryBytes === null ? '' : `of ${formatBytes(computerMemoryBytes)}`;
  return {
    label: 'Memory',
    value: heldBytes > 0 ? formatBytes(heldBytes) : unknown,
    note: heldBytes === 0 ? '' : isOnGpu ? 'on the GPU' : total,
    tone: 'plain',
    help:
      memoryBytes > 0
        ? `The model, its gradients, the optimizer and one batch take ${formatBytes(memoryBytes)}.`
        : 'What the model, its gradients, the optimizer and one batch take.',
  };
}

function toneOf(change: number | null): Figure['tone'] {
  if (change === null || change === 0) return 'plain';
  return change < 0 ? 'good' : 'bad';
}
