// Makes a character tokenizer from a text that arrives in chunks: the set of its code points, sorted.
// Memory does not grow with the text.

import { EngineError } from '../errors.ts';
import { CharacterTokenizer } from './characters.ts';
import { requireSpecialTokens } from './special-token-roles.ts';

/** How to make a character tokenizer. */
export interface CharactersTrainerOptions {
  /** Stands for characters that the text lacks; null leaves it out. Default '<|unk|>'. */
  unknownToken?: string | null;
  /** Further special tokens, in the order of their ids, after the unknown token. Default none. */
  specialTokens?: readonly string[];
  signal?: AbortSignal;
}

/**
 * A character tokenizer for a text: ids 0..n-1 are its n distinct code points in ascending order (nanoGPT's
 * `sorted(set(text))`), n is the unknown token. Throws `tokenizer-empty-text`, `special-token-invalid`.
 */
export async function trainCharacters(
  chunks: AsyncIterable<string>,
  options: CharactersTrainerOptions = {},
): Promise<CharacterTokenizer> {
  const { unknownToken = '<|unk|>', specialTokens = [], signal } = options;
  const added = unknownToken === null ? [...specialTokens] : [unknownToken, ...specialTokens];
  requireSpecialTokens(added);
  const isSeen = new Uint8Array(0x110000);
  let heldSurrogate = '';
  for await (const chunk of chunks) {
    signal?.throwIfAborted();
    const text = heldSurrogate + chunk;
    const endsInHighSurrogate = text.length > 0 && (text.charCodeAt(text.length - 1) & 0xfc00) === 0xd800;
    heldSurrogate = endsInHighSurrogate ? text.slice(-1) : '';
    markCodePoints(isSeen, endsInHighSurrogate ? text.slice(0, -1) : text);
  }
  markCodePoints(isSeen, heldSurrogate);

  const characters: string[] = [];
  for (let codePoint = isSeen.indexOf(1); codePoint >= 0; codePoint = isSeen.indexOf(1, codePoint + 1)) {
    characters.push(String.fromCodePoint(codePoint));
  }
  if (characters.length === 0) {
    throw new EngineError('tokenizer-empty-text', 'A tokenizer cannot be made from an empty text.', {
      hint: 'Give a text of at least one character.',
    });
  }
  return new CharacterTokenizer({
    tokens: [...characters, ...added],
    addedTokens: added.map((content, index) => ({ id: characters.length + index, content, isSpecial: true })),
    unknownToken,
  });
}

function markCodePoints(isSeen: Uint8Array, text: string): void {
  const wellFormed = text.toWellFormed();
  for (let i = 0; i < wellFormed.length; i++) {
    const codePoint = wellFormed.codePointAt(i)!;
    isSeen[codePoint] = 1;
    if (codePoint > 0xffff) i++;
  }
}
