// Lays examples out as the rows of one batch: cut to fit, padded, with what each kind of model reads beside.
// B = rows, T = tokens a row, S = tokens of a source row.

import { ignoreIndex } from '../ignore-index.ts';
import type { PassShape } from '../models/blocks.ts';
import type { Example } from './examples.ts';
import { joinIds } from './join-ids.ts';
import { sourceInputsOf, tokenInputsOf, type TokenInputs } from './token-pass.ts';

type Inputs = Record<string, Uint32Array>;

/** What is laid out, and what it counts. */
export interface Collated {
  readonly inputs: Inputs;
  readonly targetCount: number;
  readonly tokenCount: number;
}

/** What stands for nothing in particular. */
export interface Filling {
  /** Stands where no token is; nothing reads it. */
  readonly padTokenId: number;
  readonly side: 'left' | 'right';
  readonly vocabSize: number;
  readonly maxPositions: number;
}

/** The tokens of a text that fit, the last of them kept: it ends the text. */
export function cutText(ids: Uint32Array, length: number): Uint32Array {
  if (ids.length <= length) return ids;
  const cut = ids.slice(0, length);
  cut[length - 1] = ids[ids.length - 1]!;
  return cut;
}

/** Rows of tokens padded to `length`, counted from 0 behind the padding, and the range that is no padding. */
export function padRows(
  rows: readonly Uint32Array[],
  length: number,
  { padTokenId, side, vocabSize, maxPositions }: Filling,
): { inputs: TokenInputs; ranges: Uint32Array; firsts: readonly number[] } {
  const ids = new Uint32Array(rows.length * length).fill(padTokenId);
  const positions = new Uint32Array(ids.length);
  const ranges = new Uint32Array(2 * rows.length);
  const firsts = rows.map((row, r) => {
    const first = side === 'left' ? length - row.length : 0;
    ids.set(row, r * length + first);
    for (let i = 0; i < row.length; i++) positions[r * length + first + i] = i;
    ranges.set([first, first + row.length], 2 * r);
    return first;
  });
  return { inputs: tokenInputsOf(ids, positions, vocabSize, maxPositions), ranges, firsts };
}

/** Sources and targets: the decoder reads the target behind a start token and learns the target. */
export function collatePairs(
  examples: readonly Example[],
  shape: PassShape & { readonly sourceLength: number },
  filling: Filling,
  startTokenId: number,
): Collated {
  const { length, sourceLength } = shape;
  const pairs = examples.map(({ ids, trainedOn }) => {
    const border = trainedOn.indexOf(1);
    const at = border < 0 ? ids.length : border;
    return { source: cutText(ids.subarray(0, at), sourceLength), target: cutText(ids.subarray(at), length) };
  });
  const source = padRows(
    pairs.map((pair) => pair.source),
    sourceLength,
    filling,
  );
  const shifted = pairs.map(({ target }) => joinIds([startTokenId], target.subarray(0, -1)));
  const read = padRows(shifted, length, { ...filling, side: 'right' });
  const targets = new Uint32Array(examples.length * length).fill(ignoreIndex);
  let targetCount = 0;
  pairs.forEach(({ target }, row) => {
    targets.set(target, row * length);
    targetCount += target.length;
  });
  return {
    inputs: { ...read.inputs, ...sourceInputsOf(source.inputs, source.ranges), targets },
    targetCount,
    tokenCount: targetCount + pairs.reduce((sum, pair) => sum + pair.source.length, 0),
  };
}

/** Texts and the number of the class of each, which is their last token. */
export function collateClasses(
  examples: readonly Example[],
  { length }: PassShape,
  filling: Filling,
): Collated {
  const texts = examples.map(({ ids }) => cutText(ids.subarray(0, -1), length));
  const { inputs, ranges, firsts } = padRows(texts, length, filling);
  const targets = Uint32Array.from(examples, ({ ids }) => ids.at(-1) ?? ignoreIndex);
  return {
    inputs: {
      ...inputs,
      validRange: ranges,
      firstRows: Uint32Array.from(firsts, (first, row) => row * length + Math.min(first, length - 1)),
      targets,
    },
    targetCount: targets.filter((target) => target !== ignoreIndex).length,
    tokenCount: texts.reduce((sum, text) => sum + text.length, 0),
  };
}

/** Examples whose trained-on tokens are learned, each in a row of its own. */
export function collateAnswers(
  examples: readonly Example[],
  { length }: PassShape,
  filling: Filling,
): Collated {
  const cut = examples.map(({ ids }) => ids.subarray(0, length + 1));
  const { inputs, ranges, firsts } = padRows(
    cut.map((ids) => ids.subarray(0, -1)),
    length,
    filling,
  );
  const targets = new Uint32Array(examples.length * length).fill(ignoreIndex);
  let targetCount = 0;
  examples.forEach(({ trainedOn }, row) => {
    targetCount += learn(targets, row * length + firsts[row]!, cut[row]!, trainedOn);
  });
  return {
    inputs: { ...inputs, validRange: ranges, targets },
    targetCount,
    tokenCount: cut.reduce((sum, ids) => sum + ids.length - 1, 0),
  };
}

/** Rows of several examples each: positions count from 0 in each, and none sees another. */
export function collatePacks(
  packs: readonly (readonly Example[])[],
  { length }: PassShape,
  { padTokenId, vocabSize, maxPositions }: Filling,
): Collated {
  const ids = new Uint32Array(packs.length * length).fill(padTokenId);
  const positions = new Uint32Array(ids.length);
  // Padding is a segment of its own, which no example sees.
  const segments = new Uint32Array(ids.length);
  const targets = new Uint32Array(ids.length).fill(ignoreIndex);
  let targetCount = 0;
  let tokenCount = 0;
  packs.forEach((examples, row) => {
    let at = row * length;
    examples.forEach((example, index) => {
      const cut = example.ids.subarray(0, length + 1);
      const read = cut.subarray(0, -1);
      ids.set(read, at);
      for (let i = 0; i < read.length; i++) positions[at + i] = i;
      segments.fill(index + 1, at, at + read.length);
      targetCount += learn(targets, at, cut, example.trainedOn);
      at += read.length;
      tokenCount += read.length;
    });
  });
  return {
    inputs: { ...tokenInputsOf(ids, positions, vocabSize, maxPositions), segments, targets },
    targetCount,
    tokenCount,
  };
}

/** Puts the tokens that follow each of an example and are trained on at their places; gives their number. */
function learn(targets: Uint32Array, at: number, ids: Uint32Array, trainedOn: Uint8Array): number {
  let count = 0;
  for (let i = 1; i < ids.length; i++) {
    if (trainedOn[i] !== 1) continue;
    targets[at + i - 1] = ids[i]!;
    count++;
  }
  return count;
}
