// Tokens laid out as training reads them: windows of one length, and in each the shift by one that makes every
// place a question. Pure; nothing of Vue.

import { shownToken, type ShownToken } from './token-words.ts';

export interface WindowToken extends ShownToken {
  readonly id: number;
}

export interface TokenWindow {
  readonly tokens: readonly WindowToken[];
  /** The token after the window: what its last place is asked for. */
  readonly next: WindowToken | null;
}

/** More spans than this make a page slow and tell no more. */
const mostTokens = 1_024;

/** At most three windows of `length`; a long one is cut. The last stands only where it is whole or the first. */
export function tokenWindows(
  tokens: readonly { readonly id: number; readonly text: string }[],
  length: number,
): TokenWindow[] {
  const shown = Math.min(length, mostTokens);
  const count = Math.max(1, Math.min(3, Math.floor(mostTokens / shown)));
  const windows: TokenWindow[] = [];
  for (let index = 0; index < count; index++) {
    const start = index * length;
    const part = tokens.slice(start, start + shown);
    if (part.length === 0 || (index > 0 && part.length < shown)) break;
    const next = tokens[start + shown];
    windows.push({ tokens: part.map(toShown), next: next ? toShown(next) : null });
  }
  return windows;
}

/** How many tokens are needed to show the first windows of a length, with the one after them. */
export function tokensWanted(length: number): number {
  return Math.min(mostTokens, 3 * length) + 1;
}

/** The first places of a window: what the model sees there, and what it is asked for. */
export function shiftedPairs(
  { tokens, next }: TokenWindow,
  count: number,
): { sees: WindowToken; asked: WindowToken }[] {
  return tokens.slice(0, count).flatMap((sees, index) => {
    const asked = tokens[index + 1] ?? next;
    return asked ? [{ sees, asked }] : [];
  });
}

function toShown({ id, text }: { readonly id: number; readonly text: string }): WindowToken {
  return { id, ...shownToken(text) };
}
