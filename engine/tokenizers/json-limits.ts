// Refuses tokenizer files that are hostile or broken before anything is built from them: too large, too
// deep, keys that reach for prototypes, and regular expressions that could run for ever.

import { EngineError } from '../errors.ts';

/** Characters of a tokenizer.json; the largest published ones have about 35 million. */
const MAX_TEXT_LENGTH = 1 << 26;
const MAX_DEPTH = 32;
/** Values in all; a merge written as a pair counts three. */
const MAX_VALUES = 1 << 25;
const MAX_STRING_LENGTH = 1 << 24;
const MAX_REGEX_LENGTH = 8192;
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/** The value of a JSON text. Throws `tokenizer-json-invalid`. */
export function parseJsonText(text: string): unknown {
  if (text.length > MAX_TEXT_LENGTH) refuse(`it is longer than ${MAX_TEXT_LENGTH} characters`);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new EngineError('tokenizer-json-invalid', 'The tokenizer file is not JSON.', {
      hint: 'Download or export the tokenizer again.',
      cause,
    });
  }
}

/**
 * Throws `tokenizer-json-invalid` where a parsed file is too deep or too large, holds `__proto__` or its
 * like as a key outside a vocabulary (there it is a token and stays one), or a dangerous regular expression.
 */
export function requireBoundedJson(root: unknown): void {
  if (typeof root !== 'object' || root === null) return;
  const pending: { parent: object; depth: number; isVocab: boolean }[] = [
    { parent: root, depth: 1, isVocab: false },
  ];
  let values = 0;
  for (let entry = pending.pop(); entry !== undefined; entry = pending.pop()) {
    const { parent, depth, isVocab } = entry;
    if (depth > MAX_DEPTH) refuse(`it is nested deeper than ${MAX_DEPTH} levels`);
    for (const key of Object.keys(parent)) {
      const value = (parent as Record<string, unknown>)[key];
      if (++values > MAX_VALUES) refuse(`it holds more than ${MAX_VALUES} values`);
      if (!isVocab && FORBIDDEN_KEYS.has(key)) refuse(`it holds the key ${JSON.stringify(key)}`);
      if (typeof value === 'object' && value !== null) {
        pending.push({ parent: value, depth: depth + 1, isVocab: key === 'vocab' && !Array.isArray(value) });
      }
      if (typeof value !== 'string') continue;
      if (value.length > MAX_STRING_LENGTH) refuse('a string in it is too long');
      if (key === 'Regex' && !isVocab) requireSafeRegex(value);
    }
  }
}

/**
 * Refuses a regular expression in which a repeated group holds a repetition or an alternative, such as
 * `(a+)+` or `(a|aa)*`: on some texts these take time exponential in the text's length.
 */
function requireSafeRegex(regex: string): void {
  if (regex.length > MAX_REGEX_LENGTH)
    refuse(`a regular expression in it is longer than ${MAX_REGEX_LENGTH}`);
  const groups: { isAmbiguous: boolean }[] = [{ isAmbiguous: false }];
  let closed: { isAmbiguous: boolean } | null = null;
  for (let i = 0; i < regex.length; i++) {
    const character = regex[i]!;
    const repeats = /^(?:[*+]|\{\d+,\})/.test(regex.slice(i, i + 12));
    if (repeats) {
      if (closed?.isAmbiguous) refuse('a regular expression in it repeats a repetition, which may never end');
      groups.at(-1)!.isAmbiguous = true;
    }
    closed = null;
    if (character === '\\') i++;
    else if (character === '[') i = characterClassEnd(regex, i);
    else if (character === '|') groups.at(-1)!.isAmbiguous = true;
    else if (character === '(') groups.push({ isAmbiguous: false });
    else if (character === ')' && groups.length > 1) {
      closed = groups.pop()!;
      // What a group holds is held by the groups round it; a lookaround's length is not repeated text.
      if (closed.isAmbiguous) groups.at(-1)!.isAmbiguous = true;
    }
  }
}

/** Index of the bracket that closes the character class at `start`; classes nest in Oniguruma. */
function characterClassEnd(regex: string, start: number): number {
  let depth = 0;
  for (let i = start; i < regex.length; i++) {
    if (regex[i] === '\\') i++;
    else if (regex[i] === '[') depth++;
    else if (regex[i] === ']' && --depth === 0) return i;
  }
  return regex.length;
}

function refuse(reason: string): never {
  throw new EngineError('tokenizer-json-invalid', `The tokenizer file was refused: ${reason}.`, {
    hint: 'Use a tokenizer.json written by Hugging Face tokenizers or by Heddle.',
  });
}
