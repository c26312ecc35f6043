// Refuses sources and beams that the plans have no room for, before anything is written.

import { EngineError } from '../errors.ts';
import type { TargetPlans } from './target-plans.ts';

/**
 * Throws `too-many-beams`, `source-empty`, `source-too-long` or `token-out-of-range`, naming the first of
 * them.
 */
export function checkTargets(
  sources: readonly ArrayLike<number>[],
  numBeams: number,
  { rows, maxSourceLength, vocabSize }: TargetPlans,
): void {
  if (numBeams > rows) {
    throw new EngineError('too-many-beams', `${numBeams} beams were asked for; there is room for ${rows}.`, {
      hint: 'Ask for fewer beams.',
    });
  }
  for (const [index, source] of sources.entries()) {
    if (source.length === 0) {
      throw new EngineError('source-empty', `Source ${index + 1} of ${sources.length} has no tokens.`, {
        hint: 'Leave empty sources out, or give every source its end token.',
      });
    }
    if (source.length > maxSourceLength) {
      throw new EngineError(
        'source-too-long',
        `Source ${index + 1} of ${sources.length} has ${source.length} tokens; the model reads ${maxSourceLength}.`,
        { hint: 'Shorten it, or cut it into parts.' },
      );
    }
    for (let position = 0; position < source.length; position++) {
      const id = source[position]!;
      if (id < vocabSize) continue;
      throw new EngineError(
        'token-out-of-range',
        `Token ${id} of source ${index + 1} is outside the vocabulary of ${vocabSize}.`,
        { hint: 'Encode the text with the tokenizer that belongs to this model.' },
      );
    }
  }
}
