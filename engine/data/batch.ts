// What training and evaluation take one at a time: the inputs of a recorded pass, whatever the task.

import type { Example } from './examples.ts';

/** One batch, ready for the plan of its shape. */
export interface Batch {
  /** Which of `batchShapes` it has. */
  readonly shapeIndex: number;
  /** The inputs of the pass by name, all but `scalars`. */
  readonly inputs: Readonly<Record<string, Uint32Array>>;
  /** How many targets count: what the mean loss is divided by. */
  readonly targetCount: number;
  /** Tokens that the model reads, padding left out. */
  readonly tokenCount: number;
}

/** The batches of a run: everything follows from the seed and the place in the run. */
export interface BatchSource {
  /** Windows of a text or examples that one pass over the training data has. */
  readonly sequencesPerEpoch: number;
  /** Sequences `first` … `first + batchSize - 1`, counted from the start of the run. */
  training(first: number, batchSize: number): Promise<Batch>;
  /** The same held-out batches each time; null when nothing was held out. */
  readonly evaluation: (() => AsyncIterable<Batch>) | null;
  /** At most so many held-out examples, spread evenly and always the same; none of a text. */
  heldOut(most: number): Promise<readonly Example[]>;
}
