// The batches of examples: which of them, in which order, laid out for the task, each in the smallest shape that
// holds it. Held-out examples are the same each time, spread evenly over all.

import { isEncoder, isEncoderDecoder, type RunSettings } from '../config.ts';
import type { PassShape } from '../models/blocks.ts';
import { randomKey } from '../random.ts';
import type { Batch, BatchSource } from './batch.ts';
import { batchShapes } from './batch-shapes.ts';
import {
  collateAnswers,
  collateClasses,
  collatePacks,
  collatePairs,
  type Collated,
  type Filling,
} from './collate.ts';
import { exampleOrder } from './example-order.ts';
import { Examples, type Example } from './examples.ts';
import { collateMasked } from './collate-masked.ts';
import { packExamples } from './packing.ts';
import type { TaskTokens } from './task-tokens.ts';
import type { TokenSource } from './windows.ts';

/** Lays rows of one or more examples out in a shape; `time` tells random choices of one batch from another's. */
type Collate = (rows: readonly (readonly Example[])[], shape: PassShape, time: number) => Collated;

/** An evaluation looks at `mostHeldOut` examples at most. Throws `no-examples`. */
export async function exampleBatches(
  train: TokenSource,
  heldOut: TokenSource | null,
  settings: RunSettings,
  tokens: TaskTokens,
  mostHeldOut = settings.training.evalBatches * settings.training.perDeviceTrainBatchSize,
): Promise<BatchSource> {
  const { training } = settings;
  const shapes = batchShapes(settings);
  const collate = collateFor(settings, tokens);
  const trained = await openRows(train, 'training', settings, shapes);
  const held = heldOut ? await openRows(heldOut, 'held-out', settings, shapes) : null;
  const { perDeviceTrainBatchSize: batchSize, seed } = training;
  const groups = training.groupByLength && training.padding === 'longest' && !training.packing;
  const order = exampleOrder(trained.count, batchSize, seed, groups ? trained.lengthOf : null);
  const batchOf = async (
    rows: Rows,
    indexes: readonly number[],
    size: number,
    time: number,
  ): Promise<Batch> => {
    const shapeIndex = Math.max(0, ...indexes.map((index) => rows.shapeOf(index)));
    const read = await Promise.all(indexes.map((index) => rows.read(index)));
    // Rows that are left over hold nothing and count nothing.
    while (read.length < size) read.push([]);
    return { shapeIndex, ...collate(read, shapes[shapeIndex]!, time) };
  };
  return {
    sequencesPerEpoch: order.sequencesPerEpoch,
    training: (first, size) => {
      const indexes = Array.from({ length: size }, (_, i) => order.at(first + i));
      return batchOf(trained, indexes, size, first);
    },
    evaluation: held
      ? async function* evaluation() {
          const indexes = spread(held.count, mostHeldOut);
          // Examples of like length stand together, whatever their order in the data.
          indexes.sort((a, b) => held.shapeOf(a) - held.shapeOf(b) || a - b);
          for (let first = 0; first < indexes.length; first += batchSize) {
            yield await batchOf(held, indexes.slice(first, first + batchSize), batchSize, first);
          }
        }
      : null,
    heldOut: async (most) => {
      if (!held) return [];
      const rows = await Promise.all(spread(held.count, most).map((index) => held.read(index)));
      return rows.flat().slice(0, most);
    },
  };
}

/** At most `most` numbers below `count`, spread evenly. */
export function spread(count: number, most: number): number[] {
  const size = Math.min(count, most);
  return Array.from({ length: size }, (_, i) => Math.floor((i * count) / size));
}

/** What one row of a batch is made of: an example, or several that are packed. */
interface Rows {
  readonly count: number;
  lengthOf(index: number): number;
  shapeOf(index: number): number;
  read(index: number): Promise<readonly Example[]>;
}

async function openRows(
  source: TokenSource,
  what: string,
  { task, training }: RunSettings,
  shapes: readonly PassShape[],
): Promise<Rows> {
  const examples = await Examples.open(source, what);
  const lengthOf = (index: number): number => examples.lengthOf(index);
  const longest = shapes.at(-1)!;
  if (training.packing && longest.isPacked) {
    // The last token of an example is only learned, never read.
    const lengths = Array.from({ length: examples.count }, (_, index) => Math.max(1, lengthOf(index) - 1));
    const packs = packExamples(lengths, longest.length);
    return {
      count: packs.length,
      lengthOf: () => longest.length,
      shapeOf: () => 0,
      read: (index) => Promise.all(packs[index]!.map((example) => examples.read(example))),
    };
  }
  const shapeOf = await shapesOf(examples, task, shapes);
  return { count: examples.count, lengthOf, shapeOf, read: async (index) => [await examples.read(index)] };
}

/** The smallest shape that holds each example whole; the last where none does. */
async function shapesOf(
  examples: Examples,
  task: RunSettings['task'],
  shapes: readonly PassShape[],
): Promise<(index: number) => number> {
  const smallest = (fits: (shape: PassShape) => boolean): number => {
    const found = shapes.findIndex(fits);
    return found < 0 ? shapes.length - 1 : found;
  };
  if (shapes.length === 1) return () => 0;
  if (shapes[0]!.sourceLength === undefined) {
    // One token more than is read: the class, or the last that is learned.
    const extra = task === 'mask' ? 0 : 1;
    return (index) => smallest(({ length }) => examples.lengthOf(index) - extra <= length);
  }
  const known = new Uint8Array(examples.count);
  for (let index = 0; index < examples.count; index++) {
    const border = await examples.borderOf(index);
    const target = examples.lengthOf(index) - border;
    known[index] = smallest(({ length, sourceLength }) => border <= sourceLength! && target <= length);
  }
  return (index) => known[index]!;
}

/** What stands for nothing in the batches of a run. */
export function fillingOf({ model, training }: RunSettings, { padTokenId }: TaskTokens): Filling {
  return {
    padTokenId,
    side: training.paddingSide,
    vocabSize: model.vocabSize,
    maxPositions: model.maxPositionEmbeddings,
  };
}

function collateFor(settings: RunSettings, tokens: TaskTokens): Collate {
  const { task, model, training } = settings;
  const filling = fillingOf(settings, tokens);
  const single = (rows: readonly (readonly Example[])[]): Example[] =>
    rows.map(([example]) => example ?? nothing);
  if (isEncoderDecoder(model)) {
    return (rows, shape) =>
      collatePairs(
        single(rows),
        { ...shape, sourceLength: shape.sourceLength! },
        filling,
        tokens.startTokenId,
      );
  }
  if (isEncoder(model)) {
    if (task === 'classify') return (rows, shape) => collateClasses(single(rows), shape, filling);
    const masking = { ...tokens, probability: training.mlmProbability };
    return (rows, shape, time) =>
      collateMasked(single(rows), shape, filling, masking, randomKey(training.seed, 'masking', time));
  }
  return training.packing
    ? (rows, shape) => collatePacks(rows, shape, filling)
    : (rows, shape) => collateAnswers(single(rows), shape, filling);
}

const nothing: Example = { ids: new Uint32Array(0), trainedOn: new Uint8Array(0) };
