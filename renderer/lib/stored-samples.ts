// Samples that runs wrote while they trained, found by step so that runs can be read beside each other.

import type { Sample } from '../../preload/contract.ts';

/** Every step at which one of the runs wrote, in order. */
export function sampleSteps(lists: readonly (readonly Sample[])[]): number[] {
  return [...new Set(lists.flatMap((list) => list.map(({ step }) => step)))].sort((a, b) => a - b);
}

/** The latest that a run had written by a step, or null before its first. */
export function sampleAt(samples: readonly Sample[], step: number): Sample | null {
  return samples.findLast((sample) => sample.step <= step) ?? null;
}
