// Unpacks the Brotli archives of an npm package into a cache folder, once, without any tool of the system.
// Two processes may do it at the same time: each unpacks beside the target and the first to rename wins.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';

const BLOCK = 512;

/**
 * The regular files of a tar archive in the plain ustar form.
 * @param {Buffer} tar
 */
export function* readTar(tar) {
  for (let at = 0; at + BLOCK <= tar.length && tar[at] !== 0;) {
    /** @param {number} from @param {number} length */
    const field = (from, length) =>
      tar.toString('utf8', at + from, at + from + length).replace(/\0[^]*$/, '');
    const sizeBytes = Number.parseInt(field(124, 12), 8);
    const isFile = ['', '0'].includes(field(156, 1));
    const start = at + BLOCK;
    if (isFile)
      yield {
        name: [field(345, 155), field(0, 100)].filter(Boolean).join('/'),
        mode: Number.parseInt(field(100, 8), 8),
        bytes: tar.subarray(start, start + sizeBytes),
      };
    at = start + Math.ceil(sizeBytes / BLOCK) * BLOCK;
  }
}

/**
 * Fills `folder` by calling `fill` with an empty folder beside it, unless it is there already.
 * @param {string} folder
 * @param {(workFolder: string) => void | Promise<void>} fill
 */
export async function fillOnce(folder, fill) {
  if (existsSync(folder)) return folder;
  mkdirSync(dirname(folder), { recursive: true });
  const workFolder = mkdtempSync(`${folder}.`);
  try {
    await fill(workFolder);
    renameSync(workFolder, folder);
  } catch (error) {
    // Another process that finished first has made the same folder.
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(workFolder, { recursive: true, force: true });
  }
  return folder;
}

/**
 * Unpacks a `.tar.br` archive into a folder; a name that leads out of the folder is refused.
 * @param {string} archive
 * @param {string} folder
 */
export function unpackTarBrotli(archive, folder) {
  for (const { name, mode, bytes } of readTar(brotliDecompressSync(readFileSync(archive)))) {
    const path = resolve(folder, name);
    if (!path.startsWith(resolve(folder) + sep))
      throw new Error(`${archive} holds a file outside it: ${name}`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes, { mode });
  }
}

/**
 * The folder that caches of this checkout live in.
 * @param {string} root
 */
export const cacheFolder = (root) => join(root, 'out', 'cache');
