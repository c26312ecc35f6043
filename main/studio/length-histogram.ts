// Lengths of many things as a histogram with round edges. Holds a count for each length that is common, so
// memory does not grow with the number of things.

/** Longer lengths are kept one by one: of bounded data there are few. */
const mostCounted = 1 << 16;
const wantedBuckets = 24;

export class LengthHistogram {
  private readonly counts = new Float64Array(mostCounted);
  private readonly longer: number[] = [];
  private total = 0;
  private longest = 0;

  add(length: number): void {
    this.total++;
    this.longest = Math.max(this.longest, length);
    if (length < mostCounted) this.counts[length]!++;
    else this.longer.push(length);
  }

  /**
   * `counts[i]` lengths are at least `edges[i]` and below `edges[i + 1]`. The edges are evenly spaced up to
   * where 99 in 100 lie; the few that are longer share the last bucket.
   */
  buckets(): { edges: number[]; counts: number[] } {
    const usual = this.lengthOfShare(0.99);
    const step = roundStep((usual + 1) / wantedBuckets);
    const edges = [0];
    while (edges.at(-1)! <= usual) edges.push(edges.at(-1)! + step);
    if (this.longest >= edges.at(-1)!) edges.push(this.longest + 1);
    const counts = Array.from({ length: edges.length - 1 }, () => 0);
    const put = (length: number, count: number): void => {
      counts[Math.min(Math.floor(length / step), counts.length - 1)]! += count;
    };
    for (let length = 0; length < mostCounted; length++) {
      if (this.counts[length]! > 0) put(length, this.counts[length]!);
    }
    for (const length of this.longer) put(length, 1);
    return { edges, counts };
  }

  /** The least length that this share of all do not exceed. */
  private lengthOfShare(share: number): number {
    let seen = 0;
    for (let length = 0; length < mostCounted; length++) {
      seen += this.counts[length]!;
      if (seen >= share * this.total) return length;
    }
    return this.longer.sort((a, b) => a - b)[Math.ceil(share * this.total) - 1 - seen] ?? this.longest;
  }
}

/** The least of 1, 2, 5, 10, 20, 50, … that is not below `value`. */
function roundStep(value: number): number {
  const magnitude = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  const factor = [1, 2, 5, 10].find((one) => one * magnitude >= value) ?? 10;
  return factor * magnitude;
}
