// How long the windows are in which a model is evaluated: one rule for the engine and for the page that asks.

import type { ModelConfig } from './model-config.ts';

/** The longest windows that a model whose training is not known is evaluated in. */
const longestWindow = 1_024;

/** As long as the sequences that it was trained on; where they are not known, its context or a part of that. */
export function evaluationLength(
  { maxPositionEmbeddings }: Pick<ModelConfig, 'maxPositionEmbeddings'>,
  training?: { readonly maxLength: number } | null,
): number {
  if (!training) return Math.min(maxPositionEmbeddings, longestWindow);
  return training.maxLength || maxPositionEmbeddings;
}
