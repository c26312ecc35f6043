// The words for a run: its state, what it is made of, how far it is. No markup and no colours.

import { isEncoderDecoder, tasks, type ModelConfig, type RunSettings } from '../../engine/config.ts';
import type { RunEvent, RunState, RunSummary } from '../../preload/contract.ts';
import { formatDuration } from './duration.ts';
import { formatCount, formatFixed, formatInteger, formatPercent } from './format.ts';

export type StateTone = 'live' | 'info' | 'warn' | 'good' | 'bad' | 'plain';

const tones: Record<RunState, StateTone> = {
  queued: 'info',
  running: 'live',
  paused: 'warn',
  finished: 'good',
  stopped: 'plain',
  failed: 'bad',
  crashed: 'bad',
};

/** Which of the look's colours a state takes. */
export function stateTone(state: RunState): StateTone {
  return tones[state];
}

/** The state in words, with what the run is doing where that is not plain training: `running · evaluating`. */
export function stateWords({ state, phase }: Pick<RunSummary, 'state' | 'phase'>): string {
  return state === 'running' && phase !== '' && phase !== 'training' ? `${state} · ${phase}` : state;
}

/** Whether a run has the device or waits for it. */
export function isActive({ state }: Pick<RunSummary, 'state'>): boolean {
  return state === 'running' || state === 'queued';
}

/** Whether a run can go on from its last checkpoint. */
export function isResumable({ state }: Pick<RunSummary, 'state'>): boolean {
  return state === 'paused' || state === 'stopped' || state === 'failed' || state === 'crashed';
}

/** What the run is made of: task, data, tokenizer, layers, heads, width, parameters. */
export function settingsWords(summary: RunSummary, settings: RunSettings | null): string {
  const parts = summary.task === 'text' ? [] : [tasks[summary.task].label];
  parts.push(summary.datasetName);
  if (settings) {
    const { numAttentionHeads, hiddenSize } = settings.model;
    parts.push(
      settings.data.tokenizer === 'characters' ? 'characters' : 'byte-level BPE',
      layersWords(settings.model),
      count(numAttentionHeads, 'head'),
      `${formatInteger(hiddenSize)} wide`,
    );
  }
  parts.push(`${formatCount(summary.parameterCount)} parameters`);
  return parts.join(' · ');
}

/** How deep a model is: `4 layers`, `2 + 2 layers` of one that reads and writes. */
export function layersWords(model: ModelConfig): string {
  const { numHiddenLayers } = model;
  if (!isEncoderDecoder(model)) return count(numHiddenLayers, 'layer');
  return `${formatInteger(numHiddenLayers)} + ${formatInteger(model.numDecoderLayers)} layers`;
}

/** Share of the run that is done, from 0 to 1. */
export function progressShare({ step, totalSteps, state }: RunSummary): number {
  if (state === 'finished') return 1;
  return totalSteps > 0 ? Math.min(1, step / totalSteps) : 0;
}

/** How far the run is: `step 1,420 / 2,000 · epoch 1.09 · 0:28 left`. */
export function progressWords(summary: RunSummary): string {
  const { step, totalSteps, epoch, etaMs, state } = summary;
  const total = totalSteps > 0 ? ` / ${formatInteger(totalSteps)}` : '';
  const parts = [`step ${formatInteger(step)}${total}`, `epoch ${formatFixed(epoch, 2)}`];
  if (state === 'running') parts.push(etaMs === null ? 'estimating' : `${formatDuration(etaMs)} left`);
  else if (summary.startedAtMs !== null && summary.finishedAtMs !== null && state === 'finished')
    parts.push(`took ${formatDuration(summary.finishedAtMs - summary.startedAtMs)}`);
  return parts.join(' · ');
}

/** The line under the running run in the rail: `val 1.912 · 0:28 left`. */
export function railWords({ evalLoss, trainLoss, etaMs, phase, state }: RunSummary): string {
  const loss =
    evalLoss !== null
      ? `val ${formatFixed(evalLoss, 3)}`
      : trainLoss !== null
        ? `loss ${formatFixed(trainLoss, 3)}`
        : '';
  const left = etaMs !== null ? `${formatDuration(etaMs)} left` : phase || state;
  return [loss, left].filter(Boolean).join(' · ');
}

/** The window's title. */
export function titleWords(summary: RunSummary): string {
  const { name, state } = summary;
  const lead = state === 'running' ? formatPercent(progressShare(summary)) : state;
  return `${lead} · ${name} · Heddle`;
}

const eventNames: Readonly<Record<string, string>> = { learningRate: 'Learning rate changed to' };

/** An event of a run in words. */
export function eventWords({ key, value }: RunEvent): string {
  const known = eventNames[key];
  if (known) return `${known} ${value}`;
  const name = key.replaceAll('-', ' ');
  const sentence = name.charAt(0).toUpperCase() + name.slice(1);
  return value ? `${sentence}: ${value}` : sentence;
}

function count(value: number, word: string): string {
  return `${formatInteger(value)} ${word}${value === 1 ? '' : 's'}`;
}
