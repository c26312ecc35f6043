// The bucket of every distance against transformers' _relative_position_bucket.

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { defaultsOf, t5Fields } from '../../../engine/config.ts';
import { bucketTable } from '../../../engine/models/relative-buckets.ts';

interface Golden {
  readonly buckets: number;
  readonly longest: number;
  /** First distance of each bucket: of keys before and behind a query, and of a causal query's keys. */
  readonly before: [number, number][];
  readonly behind: [number, number][];
  readonly causal: [number, number][];
}

// tests/golden/make_t5_goldens.py: transformers 5.23.0, torch 2.15.0
const golden = JSON.parse(
  readFileSync(new URL('../../golden/models/t5-buckets.json', import.meta.url), 'utf8'),
) as Golden[];

function at(firsts: readonly [number, number][], distance: number): number {
  return firsts.findLast(([first]) => first <= distance)![1];
}

it.each(golden)('$buckets buckets up to a distance of $longest', ({ buckets, longest, ...firsts }) => {
  const config = {
    modelType: 't5' as const,
    ...defaultsOf(t5Fields),
    relativeAttentionNumBuckets: buckets,
    relativeAttentionMaxDistance: longest,
  };
  const [both, causal] = [bucketTable(config, false), bucketTable(config, true)];
  expect([both.length, causal.length]).toEqual([2 * longest + 1, 2 * longest + 1]);
  for (let distance = 0; distance <= longest; distance++) {
    const found = {
      before: both[longest - distance],
      behind: both[longest + distance],
      causal: causal[longest - distance],
    };
    const expected = {
      before: at(firsts.before, distance),
      behind: at(firsts.behind, distance),
      causal: at(firsts.causal, distance),
    };
    expect(found, `distance ${distance}`).toEqual(expected);
  }
  // Nothing changes beyond the longest distance.
  for (const list of Object.values(firsts)) expect(list.at(-1)![0]).toBeLessThanOrEqual(longest);
});
