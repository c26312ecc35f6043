// Writes a target for each of many sources: sources of like length together, their beams in rows side by
// side, all rows one token at a time. What is chosen is decided in greedy-search.ts and beam-search.ts.

import { EngineError } from '../errors.ts';
import type { Executor } from '../graph/executor.ts';
import type { Plan } from '../graph/plan.ts';
import { BeamSearch, type BeamSettings } from './beam-search.ts';
import { checkTargets } from './check-targets.ts';
import { GreedySearch } from './greedy-search.ts';
import type { TargetPlans } from './target-plans.ts';
import type { TargetSearch } from './target-search.ts';

export interface WriteTargetsOptions extends BeamSettings {
  readonly executor: Executor;
  readonly plans: TargetPlans;
  /** Token ids of each source, its end token included where the model was trained with one. */
  readonly sources: readonly ArrayLike<number>[];
  /** What every target begins with; it is no part of what is given back. */
  readonly startTokenId: number;
  readonly signal?: AbortSignal | undefined;
  /** Hears the share of sources whose targets are written, from 0 to 1. */
  readonly onProgress?: ((share: number) => void) | undefined;
}

/**
 * The target of each source, in the order of the sources, without start and end token. Throws `source-empty`,
 * `source-too-long`, `token-out-of-range` and `too-many-beams` before anything is written, and
 * `operation-cancelled` once the signal is aborted.
 */
export async function writeTargets(options: WriteTargetsOptions): Promise<(readonly number[])[]> {
  const { plans, sources, numBeams, onProgress } = options;
  checkTargets(sources, numBeams, plans);
  const targets: (readonly number[])[] = sources.map(() => []);
  const byLength = [...sources.keys()].sort((a, b) => sources[b]!.length - sources[a]!.length);
  const together = Math.floor(plans.rows / numBeams);
  let written = 0;
  for (let first = 0; first < byLength.length; first += together) {
    const group = byLength.slice(first, first + together);
    await writeGroup(
      options,
      group.map((index) => sources[index]!),
      (at, target) => {
        targets[group[at]!] = target;
        onProgress?.(++written / sources.length);
      },
    );
  }
  return targets;
}

/** Writes as many targets as there are rows for; `onTarget` hears each when it is done. */
async function writeGroup(
  options: WriteTargetsOptions,
  group: readonly ArrayLike<number>[],
  onTarget: (at: number, target: readonly number[]) => void,
): Promise<void> {
  const { executor, plans, numBeams, startTokenId, signal } = options;
  const { rows, vocabSize } = plans;
  readSources(options, group);
  const sourceRange = new Uint32Array(2 * rows).map((_, i) => i % 2);
  group.forEach((source, at) => {
    for (let row = at * numBeams; row < (at + 1) * numBeams; row++) sourceRange[2 * row + 1] = source.length;
  });
  const searches = group.map(() => createSearch(options));
  const ids = new Uint32Array(rows).fill(startTokenId);
  for (let position = 0; !searches.every(({ isDone }) => isDone); position++) {
    if (signal?.aborted) {
      throw new EngineError('operation-cancelled', 'Writing was cancelled before all targets were written.', {
        hint: 'Start it again when you want them.',
      });
    }
    executor.submit(plans.decode, {
      ids,
      idOrder: new Uint32Array(rows),
      positions: new Uint32Array(rows).fill(position),
      positionOrder: new Uint32Array(rows),
      validRange: new Uint32Array(2 * rows).map((_, i) => (i % 2) * (position + 1)),
      sourceRange,
    });
    const logits = new Float32Array(await executor.readOutput(plans.decode, 'logits'));
    const parents = Uint32Array.from({ length: rows }, (_, row) => row);
    for (const [at, search] of searches.entries()) {
      if (search.isDone) continue;
      const row = at * numBeams;
      const next = search.step(logits.subarray(row * vocabSize, (row + numBeams) * vocabSize));
      ids.set(next.tokens, row);
      if (search.isDone) onTarget(at, search.best());
      else next.parents.forEach((parent, beam) => (parents[row + beam] = row + parent));
    }
    moveRows(options, plans.reorder, parents, () => position + 1);
  }
}

/**
 * Fills the cross caches: sources of a pass are read into the first rows and moved to the rows of their
 * beams. The last pass is read first, so that none is read over rows that already hold what they should.
 */
function readSources(options: WriteTargetsOptions, group: readonly ArrayLike<number>[]): void {
  const { executor, plans, numBeams } = options;
  const { sourcesPerPass } = plans;
  const passes = Math.ceil(group.length / sourcesPerPass);
  for (let pass = passes - 1; pass >= 0; pass--) {
    const first = pass * sourcesPerPass;
    const sources = group.slice(first, first + sourcesPerPass);
    const longest = Math.max(...sources.map(({ length }) => length));
    const { sourceLength, plan } = plans.encoders.find((encoder) => encoder.sourceLength >= longest)!;
    const size = sourcesPerPass * sourceLength;
    const sourceIds = new Uint32Array(size);
    const sourceRange = new Uint32Array(2 * sourcesPerPass).map((_, i) => i % 2);
    sources.forEach((source, at) => {
      sourceIds.set(source, at * sourceLength);
      sourceRange[2 * at + 1] = source.length;
    });
    executor.submit(plan, {
      sourceIds,
      sourceIdOrder: new Uint32Array(size),
      sourcePositions: new Uint32Array(size).map((_, i) => i % sourceLength),
      sourcePositionOrder: new Uint32Array(size),
      sourceRange,
    });
    const parents = Uint32Array.from({ length: plans.rows }, (_, row) => {
      const at = Math.floor(row / numBeams) - first;
      return at >= 0 && at < sources.length ? at : row;
    });
    moveRows(options, plans.spread, parents, (row) => sources[parents[row]!]?.length ?? 0);
  }
}

/** Moves the first tokens of cache rows, `countOf` of each that goes on from another; none where all stay. */
function moveRows(
  { executor }: WriteTargetsOptions,
  plan: Plan,
  parents: Uint32Array,
  countOf: (row: number) => number,
): void {
  const counts = parents.map((parent, row) => (parent === row ? 0 : countOf(row)));
  if (counts.some((count) => count > 0)) executor.submit(plan, { parents, counts });
}

function createSearch(options: WriteTargetsOptions): TargetSearch {
  const maxNewTokens = Math.min(options.maxNewTokens, options.plans.maxLength);
  const settings = { ...options, maxNewTokens };
  return options.numBeams === 1 ? new GreedySearch(settings) : new BeamSearch(settings);
}
