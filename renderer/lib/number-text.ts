// Numbers as people type them and as fields show them: 1e-3, 1,500, 0,5, 20k. Nothing of Vue.

const suffixes: Readonly<Record<string, number>> = { k: 1e3, m: 1e6, b: 1e9 };

/** The number that a text means, or null: `1e-3`, `1,500`, `1 500`, `0,5`, `20k`, `−2`. */
export function parseNumberText(text: string): number | null {
  let plain = text.trim().replaceAll('−', '-').replace(/[\s_]/g, '');
  const suffix = /[kmb]$/i.exec(plain)?.[0].toLowerCase();
  if (suffix) plain = plain.slice(0, -1);
  if (/^[-+]?\d{1,3}(,\d{3})+(\.\d+)?$/.test(plain)) plain = plain.replaceAll(',', '');
  else if (/^[-+]?\d*,\d+$/.test(plain)) plain = plain.replace(',', '.');
  if (!/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(plain)) return null;
  const value = Number(plain) * (suffix ? suffixes[suffix]! : 1);
  return Number.isFinite(value) ? value : null;
}

/** A value in a field: thousands separated, small ones in powers of ten where that is shorter. */
export function formatNumberText(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return value.toLocaleString('en-US');
  const decimal = String(Number(value.toPrecision(12)));
  const power = Number(value.toPrecision(12)).toExponential().replace('e+', 'e');
  return Math.abs(value) < 0.01 && power.length < decimal.length ? power : decimal;
}

export interface NumberRange {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly isInteger?: boolean | undefined;
}

/** The value in the range, and whole where it must be. */
export function clampNumber(value: number, { min, max, isInteger }: NumberRange): number {
  const whole = isInteger ? Math.round(value) : value;
  return Math.min(max ?? Infinity, Math.max(min ?? -Infinity, whole));
}

/**
 * What an arrow key makes of a value: whole numbers move by 1, others by a tenth of their leading digit, ten
 * times as much when `isLarge`.
 */
export function stepNumber(value: number, direction: 1 | -1, range: NumberRange, isLarge = false): number {
  const factor = isLarge ? 10 : 1;
  if (range.isInteger) return clampNumber(value + direction * factor, range);
  const size = value === 0 ? Math.min(1, range.max ?? 1) / 10 : Math.abs(value);
  const unit = 10 ** (Math.floor(Math.log10(size) + 1e-9) - 1);
  return clampNumber(Number((value + direction * factor * unit).toPrecision(10)), range);
}

/** What is wrong with a typed text, or null: not a number, not whole, outside the range. */
export function numberProblem(text: string, range: NumberRange): string | null {
  const value = parseNumberText(text);
  if (value === null) return text.trim() === '' ? 'A number is needed.' : 'This is not a number.';
  if (range.isInteger && !Number.isInteger(value)) return 'A whole number is needed.';
  if (clampNumber(value, range) !== value) return `It must be ${rangeWords(range)}.`;
  return null;
}

/** A range in words: `1 to 48`, `0 or more`, `at most 1`. */
export function rangeWords({ min, max }: NumberRange): string {
  const low = min === undefined ? null : formatNumberText(min);
  const high = max === undefined ? null : formatNumberText(max);
  if (low !== null && high !== null) return `${low} to ${high}`;
  if (low !== null) return `${low} or more`;
  return high === null ? 'any number' : `at most ${high}`;
}
