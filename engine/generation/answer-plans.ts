// The plans that write answers to many questions at once with a decoder: a question is read alone and moved to a
// row of its own, and all rows go on together, each at its own position. What is chosen is decided elsewhere.

import type { DeviceLimits } from '../device/device.ts';
import { makePlan, type Plan } from '../graph/plan.ts';
import { Tape } from '../graph/tape.ts';
import { elementBytes, tensorBytes, type Arena } from '../graph/tensor.ts';
import { createCaches, recordDecode, recordPrefill } from '../models/decoder.ts';
import type { DecoderModel } from '../models/model.ts';
import { cacheSpread } from '../ops/cache-reorder/cache-reorder.ts';
import { longestCache, paddedLengths } from './plans.ts';

export interface AnswerPlans {
  /** Read one question; by length, shortest first. */
  readonly prefills: readonly { readonly length: number; readonly plan: Plan }[];
  /** Moves what was read to the rows that `counts` names. */
  readonly spread: Plan;
  readonly decode: Plan;
  readonly cacheArenas: readonly Arena[];
  readonly rows: number;
  readonly maxLength: number;
  readonly vocabSize: number;
}

/** The caches of all rows take no more than this, so that a large model answers fewer questions at once. */
const cacheBytes = 2 ** 30;

/** Records the writing of up to `rows` answers at once, as many as the device has room for. */
export function recordAnswers(
  model: DecoderModel,
  rows: number,
  { maxBindingBytes, maxBufferBytes }: Pick<DeviceLimits, 'maxBindingBytes' | 'maxBufferBytes'>,
): AnswerPlans {
  const { config } = model;
  const maxLength = Math.min(config.maxPositionEmbeddings, longestCache);
  const read = createCaches(config, 1, maxLength);
  const layerBytes = tensorBytes(read.caches[0]!.tensor);
  const rowBytes = read.arena.sizeElements * elementBytes[read.arena.elementType];
  const fitting = Math.min(cacheBytes / rowBytes, maxBufferBytes / rowBytes, maxBindingBytes / layerBytes);
  const batch = Math.max(1, Math.min(rows, Math.floor(fitting)));
  const written = createCaches(config, batch, maxLength);
  const options = { training: false, maxBindingBytes };
  const spread = new Tape(options);
  const moved = {
    parents: spread.input('parents', [batch], 'u32'),
    counts: spread.input('counts', [batch], 'u32'),
  };
  written.caches.forEach(({ tensor }, layer) =>
    cacheSpread(spread, read.caches[layer]!.tensor, tensor, moved),
  );
  return {
    prefills: paddedLengths(maxLength, 2).map((length) => ({
      length,
      plan: makePlan(recordPrefill(model, { batch: 1, length }, read.caches, options), maxBindingBytes),
    })),
    spread: makePlan(spread, maxBindingBytes),
    decode: makePlan(recordDecode(model, batch, written.caches, options), maxBindingBytes),
    cacheArenas: [read.arena, written.arena],
    rows: batch,
    maxLength,
    vocabSize: config.vocabSize,
  };
}

/** Every plan of the writing of answers. */
export function allAnswerPlans({ prefills, spread, decode }: AnswerPlans): Plan[] {
  return [...prefills.map(({ plan }) => plan), spread, decode];
}
