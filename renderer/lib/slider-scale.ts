// How a slider's position and its value belong together, on a linear or a logarithmic scale, and which slider
// suits a setting. Positions are whole numbers from 0 to `positions`. Nothing of Vue.

import type { Field } from '../../engine/config.ts';

export const positions = 1_000;

export interface SliderScale {
  readonly min: number;
  readonly max: number;
  readonly kind: 'linear' | 'logarithmic';
  /** Linear: the distance of two values. */
  readonly step?: number | undefined;
  /** Logarithmic: where values come to rest: whole numbers that halve well, or two digits. */
  readonly rest?: 'whole' | 'halving' | 'digits' | undefined;
  /** Logarithmic: the left end means 0. */
  readonly hasZero?: boolean | undefined;
}

/** Where a value stands on the scale. */
export function positionOf(value: number, { min, max, kind }: SliderScale): number {
  if (max <= min) return 0;
  const share =
    kind === 'linear'
      ? (value - min) / (max - min)
      : value <= 0
        ? 0
        : Math.log(value / min) / Math.log(max / min);
  return Math.round(positions * Math.min(1, Math.max(0, share)));
}

/** The value at a position, at rest. */
export function valueAt(position: number, scale: SliderScale): number {
  const { min, max, kind, step, hasZero } = scale;
  const share = position / positions;
  if (kind === 'linear') {
    const raw = min + share * (max - min);
    const rested = step ? min + Math.round((raw - min) / step) * step : raw;
    return Number(Math.min(max, rested).toPrecision(10));
  }
  if (hasZero && position === 0) return 0;
  if (position === positions) return max;
  return Math.min(max, Math.max(min, restOf(min * (max / min) ** share, scale)));
}

function restOf(value: number, { rest }: SliderScale): number {
  if (rest === 'halving') {
    const unit = Math.max(1, 2 ** (Math.floor(Math.log2(value)) - 3));
    return Math.round(value / unit) * unit;
  }
  const rounded = Number(value.toPrecision(2));
  return rest === 'whole' ? Math.round(rounded) : rounded;
}

const halvingUnits = new Set(['features', 'tokens', 'sequences', 'heads']);
/** Beyond this a slider says nothing: seeds. */
const largestMaximum = 2e9;

/**
 * The slider for a setting, around `around` (its default or a preset's value), wide enough to hold `value`;
 * null where only an exact value makes sense.
 */
export function sliderFor(field: Field, around: number, value: number): SliderScale | null {
  const { type, minimum, maximum, unit = '' } = field;
  if (minimum === undefined || maximum === undefined || maximum > largestMaximum) return null;
  const isInteger = type === 'integer';
  if (maximum - minimum <= (isInteger ? 64 : 2) && (around === 0 || around >= maximum / 100))
    return { kind: 'linear', min: minimum, max: maximum, step: isInteger ? 1 : 0.01 };
  if (around <= 0) return null;
  const reach = isInteger ? 16 : 100;
  const low = Math.max(minimum, isInteger ? 1 : 0, around / reach);
  return {
    kind: 'logarithmic',
    min: Math.min(isInteger ? Math.max(1, Math.floor(low)) : low, value > 0 ? value : Infinity),
    max: Math.max(Math.min(maximum, around * reach), value),
    rest: isInteger ? (halvingUnits.has(unit) ? 'halving' : 'whole') : 'digits',
    hasZero: minimum === 0,
  };
}
