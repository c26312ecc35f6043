// T5's buckets of relative positions: near distances have one each, farther ones share logarithmically wider ones.
// Numbers only: knows no tensors. Source: transformers, models/t5, _relative_position_bucket.

import type { T5Config } from '../config.ts';

/** The farthest distance that a table holds; all beyond it are in the same bucket. */
export function bucketReach({ relativeAttentionMaxDistance }: T5Config): number {
  return relativeAttentionMaxDistance;
}

/**
 * The bucket of each distance of a key from its query, from -reach to reach: (2 reach + 1) f32. With `isCausal` keys
 * after the query are never seen and count as the query itself; without it half of the buckets are theirs.
 */
export function bucketTable(config: T5Config, isCausal: boolean): Float32Array {
  const reach = bucketReach(config);
  const count = isCausal
    ? config.relativeAttentionNumBuckets
    : Math.floor(config.relativeAttentionNumBuckets / 2);
  return Float32Array.from({ length: 2 * reach + 1 }, (_, i) => {
    const isBehind = i > reach;
    const bucket = bucketOf(Math.abs(i - reach), count, config.relativeAttentionMaxDistance);
    if (isCausal) return isBehind ? 0 : bucket;
    return isBehind ? count + bucket : bucket;
  });
}

/** The bucket of a distance >= 0 among `count`, rounded where transformers rounds. */
function bucketOf(distance: number, count: number, maxDistance: number): number {
  const exact = Math.floor(count / 2);
  if (distance < exact) return distance;
  const times = Math.fround(Math.log(Math.fround(distance / exact)));
  const share = Math.fround(times / Math.fround(Math.log(maxDistance / exact)));
  return Math.min(count - 1, exact + Math.trunc(Math.fround(share * (count - exact))));
}
