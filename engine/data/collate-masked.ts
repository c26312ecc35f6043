// Texts of which some tokens are hidden, to be filled in.

import { ignoreIndex } from '../ignore-index.ts';
import type { PassShape } from '../models/blocks.ts';
import { cutText, padRows, type Collated, type Filling } from './collate.ts';
import type { Example } from './examples.ts';
import { maskTokens, type Masking } from './masking.ts';

/** Every row has something hidden, chosen by the key alone. */
export function collateMasked(
  examples: readonly Example[],
  { length }: PassShape,
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
  return {
    inputs: { ...inputs, validRange: ranges, targets },
    targetCount: targets.filter((target) => target !== ignoreIndex).length,
    tokenCount: texts.reduce((sum, text) => sum + text.length, 0),
  };
}
