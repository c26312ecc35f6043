// Which tokens a batch holds. Everything follows from seed and step: there is no cursor that could be lost.
// An epoch cuts the token stream into windows, shifted by a random offset and visited in a random order.

import { EngineError } from '../errors.ts';
import { ignoreIndex } from '../ignore-index.ts';
import { permuted, randomKey, uniform } from '../random.ts';

/** Tokens in order, wherever they are kept. */
export interface TokenSource {
  readonly tokenCount: number;
  /** Tokens [start, start + count). */
  read(start: number, count: number): Promise<Uint32Array>;
  /** Which of these tokens are to be predicted, 1 or 0 each; left out where all are. */
  readonly readTrainedOn?: (start: number, count: number) => Promise<Uint8Array>;
}

/** B sequences of T inputs, and the tokens that follow each of them. */
export interface WindowBatch {
  readonly ids: Uint32Array;
  /** `ignoreIndex` where the token that follows is not trained on: its loss weighs 0, any other's 1. */
  readonly targets: Uint32Array;
  /** The sum of those weights, which the mean loss is divided by. */
  readonly targetCount: number;
}

/** Windows in one epoch: those that fit with their next token, one kept back so that they can be shifted. */
export function windowsPerEpoch(tokenCount: number, length: number): number {
  const whole = Math.floor((tokenCount - 1) / length);
  return whole > 1 ? whole - 1 : whole;
}

/** Refuses a text too short for one sequence, with code `text-too-short`. */
export function requireWindow(source: TokenSource, length: number, what: string): void {
  if (source.tokenCount > length) return;
  throw new EngineError(
    'text-too-short',
    `The ${what} text has ${source.tokenCount} tokens; one sequence of ${length} needs ${length + 1}.`,
    { hint: 'Use a longer text, a shorter context (--max-position-embeddings), or hold out a larger share.' },
  );
}

/** The error of a text in which nothing is to be learned. */
export function noTrainedTokens(what: string): EngineError {
  return new EngineError('no-trained-tokens', `No token of the ${what} text that is used is trained on.`, {
    hint: 'Look at which part of each example is marked to be learned, or evaluate on more of the text (--eval-batches).',
  });
}

/** The batch of training sequences `first` … `first + batchSize - 1`, counted from the start of the run. */
export async function trainingBatch(
  source: TokenSource,
  first: number,
  batchSize: number,
  length: number,
  seed: number,
): Promise<WindowBatch> {
  const windows = windowsPerEpoch(source.tokenCount, length);
  const slack = source.tokenCount - 1 - windows * length;
  const starts = Array.from({ length: batchSize }, (_, i) => {
    const epoch = Math.floor((first + i) / windows);
    const key = randomKey(seed, 'order', epoch);
    const shift = Math.floor(uniform(key, 0) * (slack + 1));
    return shift + permuted((first + i) % windows, windows, key) * length;
  });
  return gather(source, starts, length);
}

/** The fixed batch `index` of an evaluation: windows spread evenly over the held-out text. */
export function evaluationBatch(
  source: TokenSource,
  index: number,
  batchCount: number,
  batchSize: number,
  length: number,
): Promise<WindowBatch> {
  const lastStart = source.tokenCount - 1 - length;
  const total = batchCount * batchSize;
  const starts = Array.from({ length: batchSize }, (_, i) => {
    const position = index * batchSize + i;
    return total === 1 ? 0 : Math.floor((position * lastStart) / (total - 1));
  });
  return gather(source, starts, length);
}

async function gather(source: TokenSource, starts: readonly number[], length: number): Promise<WindowBatch> {
  const ids = new Uint32Array(starts.length * length);
  const targets = new Uint32Array(ids.length);
  const windows = await Promise.all(starts.map((start) => source.read(start, length + 1)));
  windows.forEach((tokens, row) => {
    ids.set(tokens.subarray(0, length), row * length);
    targets.set(tokens.subarray(1), row * length);
  });
  const hidden = await hideTargets(source, starts, length, targets);
  return { ids, targets, targetCount: targets.length - hidden };
}

/** Puts `ignoreIndex` over the targets that are not trained on; gives their number. */
async function hideTargets(
  source: TokenSource,
  starts: readonly number[],
  length: number,
  targets: Uint32Array,
): Promise<number> {
  const { readTrainedOn } = source;
  if (!readTrainedOn) return 0;
  const flags = await Promise.all(starts.map((start) => readTrainedOn(start + 1, length)));
  let hidden = 0;
  flags.forEach((isTrainedOn, row) => {
    for (let i = 0; i < length; i++) {
      if (isTrainedOn[i] === 1) continue;
      targets[row * length + i] = ignoreIndex;
      hidden++;
    }
  });
  return hidden;
}
