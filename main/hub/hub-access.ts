// Where the Hub is, and the user's token for it: from the environment, or from the file that Hugging Face's own
// programs keep. Heddle never writes it.

import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

export interface HubAccess {
  /** Such as `https://huggingface.co`, without a slash at its end. */
  readonly endpoint: string;
  /** Null where there is none: what is public can be had without. */
  readonly token: string | null;
}

/** Reads `HF_ENDPOINT`, `HF_TOKEN`, `HF_TOKEN_PATH` and `HF_HOME` as Hugging Face's programs do. */
export async function hubAccess(environment: NodeJS.ProcessEnv = process.env): Promise<HubAccess> {
  const endpoint = (environment['HF_ENDPOINT'] || 'https://huggingface.co').replace(/\/+$/, '');
  const cache = environment['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  const home = environment['HF_HOME'] || join(cache, 'huggingface');
  const file = environment['HF_TOKEN_PATH'] || join(home, 'token');
  const token = environment['HF_TOKEN'] || (await readFile(file, 'utf8').catch(() => ''));
  return { endpoint, token: token.trim() || null };
}
