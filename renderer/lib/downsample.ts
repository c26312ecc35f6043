// Keeps a curve to as many points as can be seen, without losing its spikes.

export type Point = readonly [x: number, y: number];

/**
 * At most `2·bucketCount` + 2 points of a curve: the lowest and the highest of each of `bucketCount` equal
 * stretches, in order, with the first and the last point always among them. Points [n] are sorted by x;
 * points whose y is not finite stay out. Throws RangeError for a bucket count below 1.
 */
export function downsampleMinMax(points: readonly Point[], bucketCount: number): Point[] {
  if (bucketCount < 1) throw new RangeError(`downsampleMinMax needs at least 1 bucket, not ${bucketCount}.`);
  const finite = points.filter(([, y]) => Number.isFinite(y));
  const first = finite[0];
  const last = finite.at(-1);
  if (first === undefined || last === undefined || finite.length <= 2 * bucketCount + 2) return finite;
  const inner = finite.slice(1, -1);
  const kept: Point[] = [first];
  for (let bucket = 0; bucket < bucketCount; bucket++) {
    const start = Math.floor((bucket * inner.length) / bucketCount);
    const end = Math.floor(((bucket + 1) * inner.length) / bucketCount);
    kept.push(...extremes(inner, start, end));
  }
  kept.push(last);
  return kept;
}

/** The lowest and highest point of a stretch, in their order. */
function extremes(points: readonly Point[], start: number, end: number): Point[] {
  let lowest = start;
  let highest = start;
  for (let index = start + 1; index < end; index++) {
    if (points[index]![1] < points[lowest]![1]) lowest = index;
    if (points[index]![1] > points[highest]![1]) highest = index;
  }
  if (lowest === highest) return [points[lowest]!];
  return [points[Math.min(lowest, highest)]!, points[Math.max(lowest, highest)]!];
}
