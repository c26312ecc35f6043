// The plans that write text: prefills for a few prompt lengths, and the pass of one new token.

import { makePlan, type Plan } from '../graph/plan.ts';
import type { Arena } from '../graph/tensor.ts';
import { type DecoderModel } from '../models/model.ts';
import { createCaches, recordDecode, recordPrefill } from '../models/decoder.ts';

export interface GenerationPlans {
  /** By length, shortest first; a prompt is padded to the first that holds it. */
  readonly prefills: readonly { readonly length: number; readonly plan: Plan }[];
  readonly decode: Plan;
  readonly cacheArena: Arena;
  readonly maxLength: number;
  readonly vocabSize: number;
}

/**
 * A cache of the whole context of a model made for books takes more memory than its weights. What is written
 * beyond this many tokens goes on from the newest of them, as it does at the end of any context.
 */
export const longestCache = 4_096;

/** Records generation of one sequence at a time. */
export function recordGeneration(model: DecoderModel, maxBindingBytes: number): GenerationPlans {
  const { maxPositionEmbeddings, vocabSize } = model.config;
  const maxLength = Math.min(maxPositionEmbeddings, longestCache);
  const { arena, caches } = createCaches(model.config, 1, maxLength);
  const options = { training: false, maxBindingBytes };
  const prefills = paddedLengths(maxLength, 4).map((length) => ({
    length,
    plan: makePlan(recordPrefill(model, { batch: 1, length }, caches, options), maxBindingBytes),
  }));
  const decode = makePlan(recordDecode(model, 1, caches, options), maxBindingBytes);
  return { prefills, decode, cacheArena: arena, maxLength, vocabSize };
}

/** Every plan of generation. */
export function allGenerationPlans({ decode, prefills }: GenerationPlans): Plan[] {
  return [decode, ...prefills.map(({ plan }) => plan)];
}

/**
 * 16, then `growth` times as many, … up to the context: texts are padded to at most that many times their
 * length.
 */
export function paddedLengths(maxLength: number, growth: number): number[] {
  const lengths: number[] = [];
  for (let length = 16; length < maxLength; length *= growth) lengths.push(length);
  return [...lengths, maxLength];
}
