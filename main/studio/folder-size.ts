// How much a folder holds, counted a few files at a time, so that nothing else has to wait.

import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Bytes of all files under a path, or of the file itself; links are not followed, what vanishes is left out. */
export async function sizeUnder(path: string): Promise<number> {
  const self = await lstat(path).catch(() => null);
  if (!self?.isDirectory()) return self?.isFile() ? self.size : 0;
  let sizeBytes = 0;
  for (const name of await readdir(path).catch(() => [])) sizeBytes += await sizeUnder(join(path, name));
  return sizeBytes;
}
