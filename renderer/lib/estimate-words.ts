// What settings will need and take, as rows of the panel beside them and as sentences for someone who does not
// know the figures yet. Pure; nothing of Vue.

import type { Estimate } from '../../preload/contract.ts';
import { formatBytes, formatCount, formatFixed, formatInteger, unknown } from './format.ts';
import { durationRange } from './preset-facts.ts';

export interface EstimateRow {
  readonly label: string;
  readonly value: string;
  /** The exact value and what it means. */
  readonly help: string;
  readonly tone?: 'good' | 'warn' | 'bad' | undefined;
}

/** Longer than this is said in another tone: someone should mean it. */
const longMs = 3_600_000;
/** About twenty tokens a parameter is what large models are trained with. */
const enoughTokens = 20;
const littlePasses = 10;
/** Steps this long are said in minutes and hours. */
const longStepMs = 90_000;

/** Operations in words: `2.6 TFLOP`. */
export function formatFlops(flops: number): string {
  const units = ['FLOP', 'kFLOP', 'MFLOP', 'GFLOP', 'TFLOP', 'PFLOP', 'EFLOP', 'ZFLOP'];
  const at = flops < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(flops) / 3));
  const scaled = flops / 1_000 ** at;
  return `${scaled.toFixed(scaled >= 100 ? 0 : 1)} ${units[at]}`;
}

/** The time of one step as a range: `40 to 60 ms`, `1.2 to 1.8 s`. */
export function stepRange({ low, high }: { low: number; high: number }): string {
  if (high >= longStepMs) return durationRange({ low, high });
  const [unitMs, unit, digits] = high < 1_000 ? [1, 'ms', high < 10 ? 1 : 0] : [1_000, 's', 1];
  const [from, to] = [low, high].map((ms) => (ms / unitMs).toFixed(digits));
  return from === to ? `${to} ${unit}` : `${from} to ${to} ${unit}`;
}

/** Whole numbers in full for whoever points at a short one. */
const exact = (value: number, unit: string): string => `${formatInteger(value)} ${unit}.`;

/** The time that is left when `doneSteps` were done by the run this one goes on from. */
export function remainingMs(
  { durationMs, totalSteps }: Pick<Estimate, 'durationMs' | 'totalSteps'>,
  doneSteps: number,
): { low: number; high: number } | null {
  if (!durationMs || !totalSteps) return durationMs;
  const share = Math.max(0, totalSteps - doneSteps) / totalSteps;
  return { low: durationMs.low * share, high: durationMs.high * share };
}

/** The figures in the order of the questions: how large, does it fit, is it enough data, how long. */
export function estimateRows(estimate: Estimate, doneSteps: number): EstimateRow[] {
  const { parameterCount, totalBytes, availableBytes, fits, tokensPerParameter, trainTokens } = estimate;
  const { totalFlops, stepMs, totalSteps, epochs, measuredFrom } = estimate;
  const left = remainingMs(estimate, doneSteps);
  const parts = [
    ['weights', estimate.parameterBytes],
    ['gradients', estimate.gradientBytes],
    ['optimizer', estimate.optimizerBytes],
    ['activations', estimate.activationBytes],
  ] as const;
  const memoryHelp = parts.map(([name, bytes]) => `${formatBytes(bytes)} ${name}`).join(', ');
  return [
    {
      label: 'Parameters',
      value: formatCount(parameterCount),
      help: exact(parameterCount, 'numbers are learned'),
    },
    {
      label: 'Memory needed',
      value: formatBytes(totalBytes),
      help: `${formatInteger(totalBytes)} bytes: ${memoryHelp}.`,
      tone: fits ? undefined : 'bad',
    },
    {
      label: 'Memory there',
      value: availableBytes === null ? 'not known' : formatBytes(availableBytes),
      help:
        availableBytes === null
          ? 'A graphics card does not say how much memory it has. What does not fit is refused when the run begins.'
          : exact(availableBytes, 'bytes that the device can hold now'),
    },
    {
      label: 'Tokens to train on',
      value: trainTokens === null ? unknown : formatCount(trainTokens),
      help:
        trainTokens === null
          ? 'Known once a dataset is chosen.'
          : exact(trainTokens, 'tokens, without what is held out'),
    },
    {
      label: 'Tokens a parameter',
      value: tokensPerParameter === null ? unknown : formatTokens(tokensPerParameter),
      help: 'Different tokens to learn from for each number that is learned; about 20 is what large models get.',
    },
    {
      label: 'Steps',
      value: totalSteps === null ? unknown : formatInteger(totalSteps),
      help:
        doneSteps > 0 ? `${formatInteger(doneSteps)} of them are done.` : 'Optimizer steps of the whole run.',
    },
    {
      label: 'Passes over the data',
      value: epochs === null ? unknown : formatPasses(epochs),
      help: 'How often each token is seen (epochs).',
    },
    {
      label: 'Compute',
      value: totalFlops === null ? unknown : formatFlops(totalFlops),
      help:
        totalFlops === null
          ? 'Known with the steps.'
          : `${totalFlops.toExponential(3)} floating-point operations.`,
    },
    {
      label: measuredFrom === 'steps' ? 'Measured step' : 'One step',
      value: stepMs === null ? unknown : stepRange(stepMs),
      help: measuredWords(measuredFrom),
    },
    {
      label: doneSteps > 0 ? 'Time left' : 'Time to finish',
      value: left === null ? unknown : durationRange(left),
      help: measuredWords(measuredFrom),
      tone: left !== null && left.high > longMs ? 'warn' : undefined,
    },
  ];
}

function formatTokens(value: number): string {
  return value >= 100 ? formatInteger(value) : formatFixed(value, value >= 1 ? 1 : 3);
}

function formatPasses(value: number): string {
  return value >= 100 ? formatInteger(value) : formatFixed(value, value >= 10 ? 1 : 2);
}

function measuredWords(from: Estimate['measuredFrom']): string {
  if (from === 'steps') return 'From real steps that this device has made.';
  if (from === 'product')
    return 'From the measured speed of a matrix product on this device; real steps make it exact.';
  return 'The speed of this device is being measured.';
}

/** Why the run cannot begin, or null where it fits. */
export function misfitWords({ fits, totalBytes, availableBytes }: Estimate): string | null {
  return fits || availableBytes === null
    ? null
    : `It does not fit: ${formatBytes(totalBytes)} are needed and ${formatBytes(availableBytes)} are there.`;
}

/** One or two sentences on what the figures mean, the most important first. */
export function estimateSentences(estimate: Estimate, doneSteps: number): string[] {
  const { tokensPerParameter, epochs, durationMs } = estimate;
  const left = remainingMs(estimate, doneSteps);
  const sentences: string[] = [];
  if (durationMs === null) sentences.push('How long it takes is known once the device has been measured.');
  else if (left !== null && left.high > longMs) {
    sentences.push('It takes long; it can be paused and taken up again at any time.');
  }
  const isLittle = tokensPerParameter !== null && tokensPerParameter < enoughTokens;
  if (isLittle && epochs !== null && epochs > littlePasses) {
    sentences.push(
      `Each token is seen ${formatPasses(epochs)} times: it will begin to learn the text by heart. Watch the held-out loss; the best checkpoint is kept.`,
    );
  }
  return sentences;
}
