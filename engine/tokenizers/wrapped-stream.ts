// Encodes long texts for tokenizers whose insides are not known: in pieces cut rarely, after a line, and
// at places that depend on the text alone, so that the ids do not depend on how it arrived.

import type { StreamEncoder } from './tokenizer.ts';

/** Texts up to this length (UTF-16 units) are never cut. */
const LEAST_LENGTH = 1 << 16;
/** Texts are cut here at the latest. */
const MOST_LENGTH = 1 << 20;

/** A stream encoder that calls `encode` for each piece. */
export function encodeByPieces(encode: (text: string) => readonly number[]): StreamEncoder {
  let held = '';
  // Looking again only after the text has grown keeps tiny chunks from costing quadratic time.
  let nextLook = LEAST_LENGTH;
  const encodeHeld = (isFinal: boolean): Uint32Array => {
    const ids: number[] = [];
    for (let cut = pieceLength(held, isFinal); cut > 0; cut = pieceLength(held, isFinal)) {
      for (const id of encode(held.slice(0, cut))) ids.push(id);
      held = held.slice(cut);
    }
    nextLook = held.length + LEAST_LENGTH;
    return Uint32Array.from(ids);
  };
  return {
    push(chunk) {
      held += chunk;
      return held.length < nextLook ? new Uint32Array(0) : encodeHeld(false);
    },
    finish: () => encodeHeld(true),
  };
}

/**
 * Length of the piece that `text`, the rest of a text, starts with: up to the first line break with no
 * white space round it after `LEAST_LENGTH`. 0 when more of the text is needed, or nothing is left.
 */
function pieceLength(text: string, isFinal: boolean): number {
  let border = text.indexOf('\n', LEAST_LENGTH - 1) + 1;
  while (border > 0 && border <= MOST_LENGTH && border < text.length) {
    if (/^\S\n\S$/.test(text.slice(border - 2, border + 1))) return border;
    border = text.indexOf('\n', border) + 1;
  }
  if (text.length > MOST_LENGTH) return splitsPair(text, MOST_LENGTH) ? MOST_LENGTH - 1 : MOST_LENGTH;
  return isFinal ? text.length : 0;
}

function splitsPair(text: string, index: number): boolean {
  return (text.charCodeAt(index - 1) & 0xfc00) === 0xd800 && (text.charCodeAt(index) & 0xfc00) === 0xdc00;
}
