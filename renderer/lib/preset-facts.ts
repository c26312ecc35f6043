// What a preset comes to, as a few facts for someone who has not trained a model before.

import type { RunSettings } from '../../engine/config.ts';
import type { Estimate } from '../../preload/contract.ts';
import { formatCount, formatInteger } from './format.ts';
import { layersWords } from './run-words.ts';

export interface PresetFact {
  readonly label: string;
  readonly value: string;
}

/** What the first door says; `estimate` is null until the studio has counted. */
export function startFacts({ model, training }: RunSettings, estimate: Estimate | null): PresetFact[] {
  const size = `${layersWords(model)}, ${formatInteger(model.hiddenSize)} wide`;
  const steps = estimate?.totalSteps ?? (training.maxSteps > 0 ? training.maxSteps : null);
  const duration = estimate?.durationMs ?? null;
  return [
    { label: 'Model', value: size },
    ...(estimate ? [{ label: 'Parameters', value: formatCount(estimate.parameterCount) }] : []),
    ...(steps === null ? [] : [{ label: 'Steps', value: formatInteger(steps) }]),
    ...(duration ? [{ label: 'Takes about', value: durationRange(duration) }] : []),
  ];
}

/** A range of time in whole units: `30 to 45 s`, `2 to 3 min`, `5 h`, `3 to 9 days`. */
export function durationRange({ low, high }: { low: number; high: number }): string {
  const [unitMs, unit] =
    high < 90_000
      ? [1_000, 's']
      : high < 5_400_000
        ? [60_000, 'min']
        : high < 259_200_000
          ? [3_600_000, 'h']
          : [86_400_000, 'days'];
  const [from, to] = [low, high].map((ms) => Math.max(1, Math.round(ms / unitMs)));
  return from === to ? `${to} ${unit}` : `${from} to ${to} ${unit}`;
}
