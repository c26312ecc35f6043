// Files that arrive over a stream, each upload in a folder of its own under `<home>/uploads`: written as they
// come, never past what the disk can hold, inside their folder whatever they are called. They live as long
// as this process at most. Must not know who sends them.

import { randomBytes } from 'node:crypto';
import { createWriteStream, rmSync } from 'node:fs';
import { mkdir, readdir, realpath, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { EngineError } from '../../engine/index.ts';
import { isAlive } from './process-alive.ts';
import { freeDiskBytes } from './free-space.ts';

/** What stays free on the disk: the record and the checkpoints of a run need room. */
const reserveBytes = 256 * 1024 * 1024;
/** How much may arrive between two looks at the disk. */
const lookEveryBytes = 16 * 1024 * 1024;
const longestNameBytes = 255;
const deepestPath = 32;

export type FreeBytes = (folder: string) => Promise<number>;

export class Uploads {
  private readonly folder: string;
  private readonly freeBytes: FreeBytes;

  constructor(home: string, freeBytes: FreeBytes = freeDiskBytes) {
    this.folder = join(home, 'uploads');
    this.freeBytes = freeBytes;
  }

  /** Deletes what processes that are gone have left. */
  async sweep(): Promise<void> {
    for (const name of await readdir(this.folder).catch(() => [])) {
      const owner = Number(name.split('-')[0]);
      if (owner !== process.pid && !(Number.isInteger(owner) && owner > 0 && isAlive(owner)))
        await rm(join(this.folder, name), { recursive: true, force: true });
    }
  }

  /** An empty folder for one upload; the process it belongs to is in its name. */
  async create(): Promise<string> {
    const folder = join(this.folder, `${process.pid}-${randomBytes(9).toString('base64url')}`);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // As readers will name it in their messages, whatever links lead to the home.
    return realpath(folder);
  }

  /**
   * Writes a stream to `segments` inside an upload's folder and returns its path and size. Throws
   * `upload-name-refused`, `upload-exists` or `disk-full`; nothing of the file is left then.
   */
  async write(
    folder: string,
    segments: readonly string[],
    stream: Readable,
    declaredBytes: number,
  ): Promise<{ path: string; sizeBytes: number }> {
    requireNames(segments);
    await this.requireRoom(declaredBytes);
    const path = join(folder, ...segments);
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    let sizeBytes = 0;
    let lookAtBytes = lookEveryBytes;
    const requireRoom = (): Promise<void> => this.requireRoom(0);
    const metered = async function* (source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
      for await (const chunk of source) {
        sizeBytes += chunk.byteLength;
        if (sizeBytes >= lookAtBytes) {
          lookAtBytes = sizeBytes + lookEveryBytes;
          await requireRoom();
        }
        yield chunk;
      }
    };
    const file = createWriteStream(path, { flags: 'wx', mode: 0o600 });
    try {
      await pipeline(stream, metered, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw existsAlready(segments.join('/'), error);
      await rm(path, { force: true });
      throw error;
    }
    return { path, sizeBytes };
  }

  /** Deletes one upload. */
  async remove(folder: string): Promise<void> {
    await rm(folder, { recursive: true, force: true });
  }

  /** Deletes one upload before the process ends. */
  removeNow(folder: string): void {
    rmSync(folder, { recursive: true, force: true });
  }

  private async requireRoom(comingBytes: number): Promise<void> {
    const freeBytes = await this.freeBytes(dirname(this.folder));
    if (freeBytes - comingBytes >= reserveBytes) return;
    throw new EngineError('disk-full', `The file does not fit: ${mebibytes(freeBytes)} MiB are free.`, {
      hint: `Free some space on the disk of Heddle's home; ${mebibytes(reserveBytes)} MiB stay free for runs.`,
    });
  }
}

const mebibytes = (bytes: number): number => Math.floor(bytes / 1024 ** 2);

/** Names that some system gives another meaning: separators, devices, streams, "here" and "above". */
function requireNames(segments: readonly string[]): void {
  const isGood = (name: string): boolean =>
    name !== '' &&
    !/^\.{1,2}$/.test(name) &&
    // eslint-disable-next-line no-control-regex
    !/[\u0000-\u001f\u007f/\\]/.test(name) &&
    Buffer.byteLength(name) <= longestNameBytes &&
    !(process.platform === 'win32' && isRefusedByWindows(name));
  const bad = segments.length > deepestPath ? segments.join('/') : segments.find((name) => !isGood(name));
  if (bad === undefined && segments.length > 0) return;
  throw new EngineError('upload-name-refused', `A file cannot be called "${bad ?? ''}" here.`, {
    hint: 'Rename it and drop it again.',
  });
}

/** Whether Windows would open something else than a file of this name. */
export function isRefusedByWindows(name: string): boolean {
  return /[<>:"|?*]/.test(name) || /[. ]$/.test(name) || /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(name);
}

function existsAlready(name: string, cause: unknown): EngineError {
  return new EngineError('upload-exists', `"${name}" has arrived before.`, {
    hint: 'Two files of one folder have the same name on this disk: rename one.',
    cause,
  });
}
