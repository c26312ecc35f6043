// When a run is to be killed, drawn from a seed: which process, after how many changes in the folder of
// checkpoints (a save makes a few of them), and how many milliseconds later. The machine adds its own chance.

import { watch } from 'node:fs/promises';

export interface KillMoment {
  /** `main while starting` is main before its engine trains. */
  readonly victim: 'engine' | 'main' | 'main while starting';
  readonly changes: number;
  /** Whether a save must be under way. */
  readonly isSaving: boolean;
  readonly delayMs: number;
  /** Of the main that goes on, where one is needed. */
  readonly threads: number;
}

const victims = ['engine', 'main', 'engine', 'main', 'main while starting'] as const;

/** As many moments as asked for; every second one of the engine's hits a save. */
export function killMoments(seed: number, count: number): KillMoment[] {
  let state = seed >>> 0;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  return Array.from({ length: count }, (_, i) => {
    const victim = victims[i % victims.length]!;
    const isSaving = i % victims.length === 0;
    const delayMs = victim === 'main while starting' ? below(900) : below(isSaving ? 4 : 16);
    return { victim, changes: below(9), isSaving, delayMs, threads: 1 + below(2) };
  });
}

/** Resolves when something in the folder has been made, renamed or removed `count` times. */
export async function folderChanges(folder: string, count: number, signal: AbortSignal): Promise<void> {
  if (count === 0) return;
  let seen = 0;
  for await (const _ of watch(folder, { signal })) if (++seen >= count) return;
}
