// Whether the words after a command name something of the Hugging Face Hub, or files of this machine.

import { existsSync } from 'node:fs';
import { looksLikeHubName } from '../hub/hub-name.ts';

/** The one word that names something of the Hub; null where there are more, and where a file is called so. */
export function hubNameAmong(words: readonly string[]): string | null {
  const [only] = words;
  return words.length === 1 && looksLikeHubName(only!) && !existsSync(only!) ? only! : null;
}
