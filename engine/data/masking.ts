// Which tokens of a text are hidden, to be filled in: BERT's rule (Devlin et al. 2019), as transformers'
// DataCollatorForLanguageModeling applies it. A choice follows from the key, the row and the token's place in its
// text alone, so it is the same on every device, in any batch shape and after a restart.

import { ignoreIndex } from '../ignore-index.ts';
import { philox } from '../random.ts';

export interface Masking {
  /** Share of tokens that are to be filled in. */
  readonly probability: number;
  readonly maskTokenId: number;
  /** Never chosen, and never put in a token's place. */
  readonly specialTokenIds: ReadonlySet<number>;
  /** Tokens that may stand in another's place are below this. */
  readonly vocabSize: number;
}

/** Of the chosen tokens, the share that the mask token replaces, and of the rest the share that any token does. */
const maskedShare = 0.8;
const randomShare = 0.5;

/**
 * Chooses each token but special ones with `probability`: of the chosen 80 % become the mask token, 10 % another
 * token, 10 % stay. Where chance chooses none, the token nearest to it is chosen, so that every text with a token
 * to hide teaches something. `ids` (T) u32 is one text without padding, left unchanged; `targets` (T) u32 holds the
 * chosen tokens and `ignoreIndex` elsewhere.
 */
export function maskTokens(
  ids: Uint32Array,
  masking: Masking,
  key: readonly [number, number],
  row: number,
): { ids: Uint32Array; targets: Uint32Array } {
  const masked = ids.slice();
  const targets = new Uint32Array(ids.length).fill(ignoreIndex);
  const choose = (place: number, [, kind, other]: readonly number[]): void => {
    targets[place] = ids[place]!;
    masked[place] = replacement(ids[place]!, kind! / 2 ** 32, other! / 2 ** 32, masking);
  };
  let nearest = -1;
  let nearestWords: readonly number[] = [Infinity];
  let isChosen = false;
  ids.forEach((id, place) => {
    if (masking.specialTokenIds.has(id)) return;
    const words = philox([place, row, 0, 0], key);
    if (words[0] / 2 ** 32 < masking.probability) {
      choose(place, words);
      isChosen = true;
    } else if (words[0] < nearestWords[0]!) {
      [nearest, nearestWords] = [place, words];
    }
  });
  if (!isChosen && nearest >= 0) choose(nearest, nearestWords);
  return { ids: masked, targets };
}

/** What stands in a chosen token's place, by two uniform numbers in [0, 1). */
function replacement(id: number, kind: number, other: number, masking: Masking): number {
  const { maskTokenId, specialTokenIds, vocabSize } = masking;
  if (kind < maskedShare) return maskTokenId;
  if (kind >= maskedShare + (1 - maskedShare) * randomShare) return id;
  // Ends at the latest at the token itself, which is not special.
  let token = Math.floor(other * vocabSize);
  while (specialTokenIds.has(token) && token !== id) token = (token + 1) % vocabSize;
  return token;
}
