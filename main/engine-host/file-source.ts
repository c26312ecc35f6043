// A file as the engine reads it: bytes at an offset.

import { open, type FileHandle } from 'node:fs/promises';
import type { ByteSource } from '../../engine/index.ts';

export class FileSource implements ByteSource {
  readonly name: string;
  readonly sizeBytes: number;
  private readonly handle: FileHandle;

  private constructor(name: string, sizeBytes: number, handle: FileHandle) {
    this.name = name;
    this.sizeBytes = sizeBytes;
    this.handle = handle;
  }

  static async open(file: string): Promise<FileSource> {
    const handle = await open(file, 'r');
    return new FileSource(file, (await handle.stat()).size, handle);
  }

  /** Bytes [offset, offset + length), fewer only where the file ends. */
  async read(offset: number, length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const { bytesRead } = await this.handle.read(bytes, done, length - done, offset + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return done === length ? bytes : bytes.subarray(0, done);
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}
