// WGSL text for sums over a workgroup, shared by the operations that reduce rows. The order of additions is
// fixed by the number of threads, so that a device gives the same bits every time.

import type { WgslTarget } from '../../graph/kernel.ts';

/** Threads of a workgroup that reduces a row: few where each is a loop on a CPU core, many on a GPU. */
export function reductionThreads(target: WgslTarget): number {
  return target.isSoftware ? 32 : 128;
}

/**
 * WGSL text with `threads` (the workgroup's size, from the define of that name) and
 * `workgroupSum(thread, value: vec2<f32>) -> vec2<f32>`, which every thread of the workgroup must call.
 */
export const workgroupSumWgsl = /* wgsl */ `
const threads = #{threads}u;
var<workgroup> partialSums: array<vec2<f32>, #{threads}>;

fn workgroupSum(thread: u32, value: vec2<f32>) -> vec2<f32> {
  partialSums[thread] = value;
  workgroupBarrier();
  for (var width = threads / 2u; width > 0u; width /= 2u) {
    if (thread < width) {
      partialSums[thread] += partialSums[thread + width];
    }
    workgroupBarrier();
  }
  let total = partialSums[0];
  workgroupBarrier();
  return total;
}
`;
