// Where the labels of a step axis stand.

/** An axis with fewer stretches than this says too little. */
const fewest = 2;

/**
 * The distance of labels on an axis from 0 to `max`, for at most `most` stretches: a round one that ends
 * exactly at `max` where there is one, else the smallest round one. Always positive.
 */
export function stepInterval(max: number, most: number): number {
  const rounds = roundNumbers(max);
  const exact = rounds.filter((interval) => {
    const count = max / interval;
    return Number.isInteger(count) && count >= fewest && count <= most;
  });
  return exact[0] ?? rounds.find((interval) => max / interval <= most) ?? Math.max(1, max);
}

/** Whether a label at `max` itself would stand on the one before it. */
export function isMaxCrowded(max: number, most: number): boolean {
  const interval = stepInterval(max, most);
  const rest = max % interval;
  return rest > 0 && rest < 0.6 * interval;
}

/** 1, 2, 2.5 and 5 times powers of ten up to `max`, whole ones only. */
function roundNumbers(max: number): number[] {
  const numbers: number[] = [];
  for (let power = 1; power <= Math.max(1, max); power *= 10)
    for (const factor of [1, 2, 2.5, 5]) if (Number.isInteger(factor * power)) numbers.push(factor * power);
  return numbers;
}

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const roundDurations = [
  ...[1, 2, 5, 10, 15, 30].map((count) => count * second),
  ...[1, 2, 5, 10, 15, 30].map((count) => count * minute),
  ...[1, 2, 3, 6, 12, 24, 48].map((count) => count * hour),
];

/** The distance of labels on an axis of time that is `spanMs` long, for at most `most` stretches. */
export function timeInterval(spanMs: number, most: number): number {
  const day = 24 * hour;
  return roundDurations.find((interval) => spanMs / interval <= most) ?? day * Math.ceil(spanMs / most / day);
}
