// How much room a disk has.

import { statfs } from 'node:fs/promises';

/** Bytes that may still be written to the disk of a folder that exists. */
export async function freeDiskBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
