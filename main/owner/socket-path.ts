// Where the owner of a home listens: a named pipe on Windows, else a socket in the home itself, or, where
// that path would be too long for a socket, one named by the home's hash in the temporary folder.

import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Linux takes 108 bytes with the ending zero, macOS 104. */
const longestPathBytes = 100;

/** The address for `net.listen` and `net.connect`. */
export function socketPath(
  home: string,
  platform: NodeJS.Platform = process.platform,
  temp = tmpdir(),
): string {
  const hash = createHash('sha256').update(home).digest('hex').slice(0, 24);
  if (platform === 'win32') return `\\\\.\\pipe\\heddle-${hash}`;
  const inHome = join(home, 'owner.sock');
  return Buffer.byteLength(inHome) <= longestPathBytes ? inHome : join(temp, `heddle-${hash}.sock`);
}
