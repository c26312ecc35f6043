// A file that is to be imported: opened once, only when it is a regular file, and read in pieces of one
// mebibyte, or at any place. Must not interpret bytes.

import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
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
  /** Opens it for reading at any place. */
  open(): Promise<OpenFile>;
}

export interface OpenFile {
  /** Bytes [start, end), fewer only where the file ends. */
  read(start: number, end: number): Promise<ArrayBuffer>;
  close(): Promise<void>;
}

const pieceBytes = 1 << 20;

/**
 * Looks at a file; throws `file-not-found`, `file-is-folder`, `file-not-regular`, `file-not-readable`.
 * @param onBytes hears the size of every piece that is read; what it throws ends the reading
 * @param isLinkRefused whether a link in the file's place is refused: so for files that nobody named
 */
export async function inputFile(
  path: string,
  onBytes: (count: number) => void,
  isLinkRefused = false,
): Promise<InputFile> {
  const openIt = (): Promise<FileHandle> => openForReading(path, isLinkRefused);
  const handle = await openIt();
  try {
    const { size } = await handle.stat();
    return {
      path,
      name: basename(path),
      extension: extname(path).toLowerCase(),
      sizeBytes: size,
      read: () => readPieces(openIt, onBytes),
      open: async () => openAnywhere(await openIt(), onBytes),
    };
  } finally {
    await handle.close();
  }
}

async function openForReading(path: string, isLinkRefused: boolean): Promise<FileHandle> {
  const refuse = (code: string, message: string, hint: string, cause?: unknown): never => {
    throw new EngineError(code, message, { hint, cause });
  };
  let handle;
  try {
    // A pipe without a writer would never open, were it not for O_NONBLOCK.
    const { O_RDONLY, O_NONBLOCK = 0, O_NOFOLLOW = 0 } = constants;
    handle = await open(path, O_RDONLY | O_NONBLOCK | (isLinkRefused ? O_NOFOLLOW : 0));
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

async function* readPieces(
  openIt: () => Promise<FileHandle>,
  onBytes: (count: number) => void,
): AsyncGenerator<Buffer> {
  const handle = await openIt();
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

function openAnywhere(handle: FileHandle, onBytes: (count: number) => void): OpenFile {
  return {
    read: async (start, end) => {
      const bytes = new Uint8Array(Math.max(0, end - start));
      let done = 0;
      while (done < bytes.length) {
        const { bytesRead } = await handle.read(bytes, done, bytes.length - done, start + done);
        if (bytesRead === 0) break;
        done += bytesRead;
      }
      onBytes(done);
      return done === bytes.length ? bytes.buffer : bytes.slice(0, done).buffer;
    },
    close: () => handle.close(),
  };
}
