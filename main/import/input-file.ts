// A file that is to be imported: opened once, only when it is a regular file, and read in pieces of one
// mebibyte. Must not interpret bytes.

import { open } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { EngineError } from '../../engine/index.ts';

export interface InputFile {
  readonly path: string;
  readonly name: string;
  /** In lower case, with its dot. */
  readonly extension: string;
  readonly sizeBytes: number;
  /** Its bytes from the start; `onBytes` hears how many came with each piece. */
  read(): AsyncGenerator<Buffer>;
}

const pieceBytes = 1 << 20;

/**
 * Looks at a file; throws `file-not-found`, `file-is-folder`, `file-not-regular`, `file-not-readable`.
 * @param onBytes hears the size of every piece that is read
 */
export async function inputFile(path: string, onBytes: (count: number) => void): Promise<InputFile> {
  const handle = await openForReading(path);
  try {
    const { size } = await handle.stat();
    return {
      path,
      name: basename(path),
      extension: extname(path).toLowerCase(),
      sizeBytes: size,
      read: () => readPieces(path, onBytes),
    };
  } finally {
    await handle.close();
  }
}

async function openForReading(path: string) {
  const refuse = (code: string, message: string, hint: string, cause?: unknown): never => {
    throw new EngineError(code, message, { hint, cause });
  };
  const { constants } = await import('node:fs');
  let handle;
  try {
    // A pipe without a writer would never open, were it not for O_NONBLOCK.
    handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      return refuse('file-not-found', `There is no file ${path}.`, 'Check its name and folder.', error);
    }
    return refuse('file-not-readable', `${path} cannot be read (${code}).`, 'Check who may read it.', error);
  }
  const stats = await handle.stat();
  if (stats.isFile()) return handle;
  await handle.close();
  if (stats.isDirectory()) {
    return refuse('file-is-folder', `${path} is a folder.`, 'Name the files in it, for example with *.txt.');
  }
  return refuse('file-not-regular', `${path} is not a regular file.`, 'Copy its content to a file first.');
}

async function* readPieces(path: string, onBytes: (count: number) => void): AsyncGenerator<Buffer> {
  const handle = await openForReading(path);
  try {
    for (;;) {
      const piece = Buffer.allocUnsafe(pieceBytes);
      const { bytesRead } = await handle.read(piece, 0, pieceBytes);
      if (bytesRead === 0) return;
      onBytes(bytesRead);
      yield piece.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}
