// The plans that write targets for sources: sources read a few at a time, one new token of every row, and the
// moves of cache rows that beams need. How many beams a target has is decided when it is written.

import { makePlan, type Plan } from '../graph/plan.ts';
import { Tape, type TapeOptions } from '../graph/tape.ts';
import { rowsOf, type Arena } from '../graph/tensor.ts';
import type { LayerCache } from '../models/blocks.ts';
import { createTargetCaches, recordEncode, recordTargetDecode } from '../models/encoder-decoder.ts';
import type { EncoderDecoderModel } from '../models/model.ts';
import { cacheReorder } from '../ops/cache-reorder/cache-reorder.ts';
import { longestCache, paddedLengths } from './plans.ts';

export interface TargetShape {
  /** Targets written at once, each beam of a target counted. */
  readonly rows: number;
  /** Tokens that a source and a target may have; the model's context unless given. */
  readonly maxSourceLength?: number;
  readonly maxLength?: number;
}

export interface TargetPlans {
  /** Read `sourcesPerPass` sources into the first rows of the cross caches; by length, shortest first. */
  readonly encoders: readonly { readonly sourceLength: number; readonly plan: Plan }[];
  /** Move rows of the cross caches, and of the self caches. */
  readonly spread: Plan;
  readonly reorder: Plan;
  readonly decode: Plan;
  readonly cacheArena: Arena;
  readonly rows: number;
  readonly sourcesPerPass: number;
  readonly maxSourceLength: number;
  readonly maxLength: number;
  readonly vocabSize: number;
}

/** Records the writing of targets. */
export function recordTargetWriting(
  model: EncoderDecoderModel,
  { rows, ...shape }: TargetShape,
  maxBindingBytes: number,
): TargetPlans {
  const { maxPositionEmbeddings, vocabSize } = model.config;
  const longest = Math.min(maxPositionEmbeddings, longestCache);
  const maxSourceLength = Math.min(shape.maxSourceLength ?? longest, longest);
  const maxLength = Math.min(shape.maxLength ?? longest, longest);
  // Fewer than rows, because with beams there are fewer sources than rows, and reading costs as much for an
  // empty one.
  const sourcesPerPass = Math.ceil(rows / 4);
  const { arena, selfCaches, crossCaches } = createTargetCaches(
    model.config,
    rows,
    maxLength,
    maxSourceLength,
  );
  const options = { training: false, maxBindingBytes };
  const plan = (tape: Tape): Plan => makePlan(tape, maxBindingBytes);
  const firstRows = crossCaches.map(({ tensor, maxLength }) => ({
    tensor: rowsOf(tensor, 0, sourcesPerPass),
    maxLength,
  }));
  return {
    encoders: paddedLengths(maxSourceLength, 2).map((sourceLength) => ({
      sourceLength,
      plan: plan(recordEncode(model, { batch: sourcesPerPass, sourceLength }, firstRows, options)),
    })),
    spread: plan(recordReorder(crossCaches, rows, options)),
    reorder: plan(recordReorder(selfCaches, rows, options)),
    decode: plan(recordTargetDecode(model, rows, { selfCaches, crossCaches }, options)),
    cacheArena: arena,
    rows,
    sourcesPerPass,
    maxSourceLength,
    maxLength,
    vocabSize,
  };
}

/** Every plan of the writing of targets. */
export function allTargetPlans({ encoders, spread, reorder, decode }: TargetPlans): Plan[] {
  return [...encoders.map(({ plan }) => plan), spread, reorder, decode];
}

/** Records the move of rows of all layers. Inputs: `parents` and `counts` (B) u32, see `cacheReorder`. */
function recordReorder(caches: readonly LayerCache[], rows: number, options: TapeOptions): Tape {
  const tape = new Tape(options);
  const parents = tape.input('parents', [rows], 'u32');
  const counts = tape.input('counts', [rows], 'u32');
  for (const { tensor } of caches) cacheReorder(tape, tensor, { parents, counts });
  return tape;
}
