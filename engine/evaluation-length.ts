// How long the windows are in which a model is trained and evaluated: one rule for the engine, the page and
// whatever counts tokens.

import type { ModelConfig } from './model-config.ts';

/** The longest windows that a model whose training is not known is evaluated in. */
const longestWindow = 1_024;

/** The tokens of one training sequence: those of the model's context unless the settings say fewer. */
export function sequenceLength(
  { maxPositionEmbeddings }: Pick<ModelConfig, 'maxPositionEmbeddings'>,
  { maxLength }: { readonly maxLength: number },
): number {
  return maxLength || maxPositionEmbeddings;
}

/** As long as the sequences that it was trained on; where they are not known, its context or a part of that. */
export function evaluationLength(
  model: Pick<ModelConfig, 'maxPositionEmbeddings'>,
  training?: { readonly maxLength: number } | null,
): number {
  if (!training) return Math.min(model.maxPositionEmbeddings, longestWindow);
  return sequenceLength(model, training);
}
