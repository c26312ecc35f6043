// Numbers as people read them: thousands separated, a fixed number of digits so that live figures do not jump,
// a true minus sign. What is not known is an en dash.

const integers = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
export const unknown = '–';

function withMinus(text: string): string {
  return text.replace(/^-/, '−');
}

/** A whole number with thousands separated: `16,130`. */
export function formatInteger(value: number | null | undefined): string {
  return value === null || value === undefined || !Number.isFinite(value)
    ? unknown
    : withMinus(integers.format(value));
}

/** A number with `digits` places after the point: `1.743`; very large ones in powers of ten. */
export function formatFixed(value: number | null | undefined, digits: number): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return unknown;
  if (Math.abs(value) >= 1e6) return withMinus(value.toExponential(1));
  if (Math.abs(value) >= 10_000) return formatInteger(value);
  return withMinus(value.toFixed(digits));
}

/** A perplexity: three significant digits while small, whole when large. */
export function formatPerplexity(value: number | null | undefined): string {
  return formatFixed(value, value !== null && value !== undefined && Math.abs(value) >= 100 ? 0 : 2);
}

/** A change with its sign: `−0.021`, `+0.300`; `±0.000` when it rounds to nothing. */
export function formatChange(value: number, digits: number): string {
  const text = formatFixed(Math.abs(value), digits);
  if (Number(text.replaceAll(',', '')) === 0) return `±${text}`;
  return `${value < 0 ? '−' : '+'}${text}`;
}

/** A difference with its sign, its size in the words of what it is a difference of: `+1,200`, `−3.2 MB`. */
export function signed(words: (size: number) => string): (difference: number) => string {
  return (difference) => `${difference < 0 ? '−' : '+'}${words(Math.abs(difference))}`;
}

/** Counts in thousands, millions, billions: `0.80 M`, `124 M`, `812`. */
export function formatCount(value: number): string {
  const [divisor, unit] =
    value >= 1e9 ? [1e9, ' B'] : value >= 100_000 ? [1e6, ' M'] : value >= 10_000 ? [1e3, ' k'] : [1, ''];
  if (unit === '') return formatInteger(value);
  const scaled = value / divisor;
  return `${scaled.toFixed(scaled >= 100 ? 0 : scaled >= 10 ? 1 : 2)}${unit}`;
}

/** Bytes in decimal units: `212 MB`, `4.3 GB`. */
export function formatBytes(value: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let unit = 0;
  let scaled = value;
  while (scaled >= 999.5 && unit < units.length - 1) {
    scaled /= 1000;
    unit++;
  }
  return `${scaled.toFixed(unit === 0 || scaled >= 99.95 ? 0 : 1)} ${units[unit]}`;
}

/** A rate of steps: `21 steps/s`, or `4.2 s/step` where a step takes longer than a second. */
export function formatStepRate(stepsPerSecond: number): string {
  if (!Number.isFinite(stepsPerSecond) || stepsPerSecond <= 0) return unknown;
  if (stepsPerSecond < 1) return `${(1 / stepsPerSecond).toFixed(1)} s/step`;
  return `${stepsPerSecond.toFixed(stepsPerSecond < 10 ? 1 : 0)} steps/s`;
}

/** A number on an axis, short: `2k`, `1.5k`, `0.002`, `6e-5`. */
export function formatTick(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size >= 1e6) return withMinus(`${Number((value / 1e6).toPrecision(3))}M`);
  if (size >= 1e3) return withMinus(`${Number((value / 1e3).toPrecision(3))}k`);
  if (size < 1e-4) return withMinus(value.toExponential().replace(/(\.\d)\d+e/, '$1e'));
  return withMinus(String(Number(value.toPrecision(3))));
}

/** A learning rate in full: `0.00174`, `6e-5`. */
export function formatLearningRate(value: number): string {
  if (value !== 0 && Math.abs(value) < 1e-4) return Number(value.toPrecision(3)).toExponential();
  return String(Number(value.toPrecision(3)));
}

/** A share from 0 to 1 as whole percent, never rounded up to 100. */
export function formatPercent(share: number): string {
  return `${share >= 1 ? 100 : Math.min(99, Math.floor(share * 100))}%`;
}
