// How many tokens the training part of a dataset will have, before it is cut into any. Pure.

import type { DataConfig } from '../../engine/index.ts';
import type { Dataset } from '../../preload/contract.ts';

/** Tokens to train on: exact for characters, a rule of thumb for pieces of words. */
export function expectedTokens(
  dataset: Pick<Dataset, 'kind' | 'characterCount' | 'rowCount'>,
  data: Pick<DataConfig, 'tokenizer' | 'tokenizerVocabSize' | 'validationFraction'>,
): number {
  // Each row of a table ends with a token of its own.
  const ends = dataset.kind === 'table' ? dataset.rowCount : 0;
  const pieces = dataset.characterCount / charactersPerToken(data);
  return Math.round((pieces + ends) * (1 - data.validationFraction));
}

/**
 * Pieces grow with the logarithm of how many there are. Tiny Shakespeare with tokenizers trained on it has 1.9
 * characters a token with 512 pieces, 2.4 with 1,024 and 3.5 with 8,192; English seldom has more than 4.6.
 */
function charactersPerToken({
  tokenizer,
  tokenizerVocabSize,
}: Pick<DataConfig, 'tokenizer' | 'tokenizerVocabSize'>): number {
  if (tokenizer === 'characters') return 1;
  return Math.min(4.6, Math.max(1.2, 0.4 * Math.log2(tokenizerVocabSize) - 1.6));
}
