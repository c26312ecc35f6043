// Texts of which some tokens are hidden, to be filled in.

import { ignoreIndex } from '../ignore-index.ts';
import type { PassShape } from '../models/blocks.ts';
import { cutText, padRows, type Collated, type Filling } from './collate.ts';
import type { Example } from './examples.ts';
import { maskTokens, type Masking } from './masking.ts';

/**
 * Every row has something hidden, chosen by the key alone. Where the shape says how many rows are scored, the hidden
 * tokens are those rows; should chance have hidden more, the last of them stay hidden and count nothing.
 */
export function collateMasked(
  examples: readonly Example[],
  { length, scoredRows }: PassShape,
  filling: Filling,
  masking: Omit<Masking, 'vocabSize'>,
  key: readonly [number, number],
): Collated {
  const texts = examples.map(({ ids }) => cutText(ids, length));
  const masked = texts.map((ids, row) =>
    maskTokens(ids, { ...masking, vocabSize: filling.vocabSize }, key, row),
  );
  const { inputs, ranges, firsts } = padRows(
    masked.map(({ ids }) => ids),
    length,
    filling,
  );
  const targets = new Uint32Array(examples.length * length).fill(ignoreIndex);
  masked.forEach((row, r) => targets.set(row.targets, r * length + firsts[r]!));
  const scored = scoredRows === undefined ? { targets } : hiddenRows(targets, scoredRows);
  return {
    inputs: { ...inputs, validRange: ranges, ...scored },
    targetCount: scored.targets.filter((target) => target !== ignoreIndex).length,
    tokenCount: texts.reduce((sum, text) => sum + text.length, 0),
  };
}

/** The places that have a target, and their targets; places that are left over name no row and count nothing. */
function hiddenRows(
  all: Uint32Array,
  count: number,
): { readonly scoredRows: Uint32Array; readonly targets: Uint32Array } {
  const scoredRows = new Uint32Array(count).fill(ignoreIndex);
  const targets = new Uint32Array(count).fill(ignoreIndex);
  let used = 0;
  for (let row = 0; row < all.length && used < count; row++) {
    if (all[row] === ignoreIndex) continue;
    scoredRows[used] = row;
    targets[used++] = all[row]!;
  }
  return { scoredRows, targets };
}
