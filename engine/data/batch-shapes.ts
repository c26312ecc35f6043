// The shapes that the batches of a run have, from its settings alone: each has plans of its own. Examples of many
// lengths are padded to the next of a few, so that little is wasted and few plans are needed.

import { alignUp } from '../align.ts';
import { isChatTask, isEncoderDecoder, sequenceLength, type RunSettings } from '../config.ts';
import type { PassShape } from '../models/blocks.ts';

/** Lengths that padding goes to, as parts of the longest. */
const parts = [1 / 4, 1 / 2, 3 / 4, 1];
/** Lengths are multiples of this where the longest allows it. */
const lengthStep = 8;

/** Shapes from the shortest to the longest. */
export function batchShapes({ task, model, training }: RunSettings): PassShape[] {
  const batch = training.perDeviceTrainBatchSize;
  const length = sequenceLength(model, training);
  if (task === 'text') return [{ batch, length }];
  const lengths = (longest: number): number[] =>
    training.padding === 'max_length'
      ? [longest]
      : parts.map((part) => Math.min(longest, alignUp(Math.ceil(longest * part), lengthStep)));
  if (isEncoderDecoder(model)) {
    const targets = lengths(training.maxTargetLength || length);
    return distinct(lengths(length).map((sourceLength, i) => ({ batch, length: targets[i]!, sourceLength })));
  }
  if (isChatTask(task)) {
    if (training.packing) return [{ batch, length, isPacked: true }];
    const isPadded = training.paddingSide === 'left';
    return distinct(lengths(length).map((one) => ({ batch, length: one, isPadded })));
  }
  const shapes = lengths(length).map((one) => ({ batch, length: one, isPadded: true }));
  if (task !== 'mask') return distinct(shapes);
  return distinct(
    shapes.map((shape) => ({ ...shape, scoredRows: mostHidden(shape, training.mlmProbability) })),
  );
}

/**
 * Rows that there are plans for where each token of a batch is hidden with a probability, so that more are hidden in
 * less than one batch of a million: seven standard deviations above the mean, and the one that each text hides at
 * least.
 */
function mostHidden({ batch, length }: PassShape, probability: number): number {
  const tokens = batch * length;
  const most = tokens * probability + 7 * Math.sqrt(tokens * probability * (1 - probability)) + batch;
  return Math.min(tokens, alignUp(Math.ceil(most), lengthStep));
}

function distinct(shapes: readonly PassShape[]): PassShape[] {
  const seen = new Map(shapes.map((shape) => [JSON.stringify(shape), shape]));
  return [...seen.values()];
}
