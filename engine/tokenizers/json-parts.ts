// Reads the parts that several forms of tokenizer.json share: added tokens, vocabulary, merges.
// A part that is malformed is answered with null; nothing here throws or trusts a prototype.

import type { AddedToken } from './added-token-matcher.ts';
import type { JsonValue } from './tokenizer.ts';

/** Ids above this are refused: no vocabulary is that large, and arrays are sized by the largest id. */
export const MAX_TOKEN_ID = (1 << 22) - 1;

/** Whether a value is an object that is no array. */
export function isRecord(value: unknown): value is { [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a value can be a token id. */
export function isTokenId(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MAX_TOKEN_ID;
}

/** Added tokens that are matched as they are written; null where one strips spaces, wants whole words, or clashes. */
export function readAddedTokens(value: unknown): AddedToken[] | null {
  if (!Array.isArray(value)) return null;
  const tokens: AddedToken[] = [];
  for (const entry of value as unknown[]) {
    if (!isRecord(entry)) return null;
    const { id, content, special } = entry;
    if (!isTokenId(id) || typeof content !== 'string' || content === '') return null;
    if (entry['lstrip'] || entry['rstrip'] || entry['single_word']) return null;
    tokens.push({ id, content, isSpecial: special === true });
  }
  const isUnique =
    new Set(tokens.map(({ id }) => id)).size === tokens.length &&
    new Set(tokens.map(({ content }) => content)).size === tokens.length;
  return isUnique ? tokens : null;
}

/** A vocabulary by token; null where an id is no id. */
export function readVocab(value: unknown): Map<string, number> | null {
  if (!isRecord(value)) return null;
  const vocab = new Map<string, number>();
  for (const name of Object.keys(value)) {
    const id = value[name];
    if (!isTokenId(id)) return null;
    vocab.set(name, id);
  }
  return vocab;
}

/** Merges written as "a b" or as ["a", "b"]. */
export function readMerges(value: unknown): [string, string][] | null {
  if (!Array.isArray(value)) return null;
  const merges: [string, string][] = [];
  for (const entry of value as unknown[]) {
    const pair: unknown = typeof entry === 'string' ? entry.split(' ') : entry;
    if (!Array.isArray(pair) || pair.length !== 2) return null;
    const [first, second] = pair as unknown[];
    if (typeof first !== 'string' || typeof second !== 'string' || first === '' || second === '') return null;
    merges.push([first, second]);
  }
  return merges;
}
