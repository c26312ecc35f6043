// One part of a dataset's tokens as files: PART.bin holds the tokens, PART.starts.bin where each example begins
// (u64), and PART.flags.bin one bit a token that says whether it is trained on, only where some are not.
// All little-endian. Knows nothing of caches: token-shards.ts decides where and when.

import { open, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { TokenSource } from '../../engine/index.ts';
import { FileSource } from './file-source.ts';
import type { TokenPiece } from './token-piece.ts';

/** What stands in the files of one part. */
export interface PartCounts {
  readonly tokens: number;
  readonly examples: number;
  readonly trainedOn: number;
}

/** The tokens of one part, and where its examples begin. */
export interface TokenPart extends TokenSource {
  readonly exampleCount: number;
  /** The first tokens of examples [first, first + count), in rising order. */
  readExampleStarts(first: number, count: number): Promise<number[]>;
}

export type BytesPerToken = 2 | 4;

const bytesPerStart = 8;
const bufferBytes = 1 << 20;
/** Tokens and flags up to this size are held in memory; larger ones are read where they are needed. */
const largestInMemoryBytes = 64 * 1024 * 1024;

const tokensName = (part: string): string => `${part}.bin`;
const startsName = (part: string): string => `${part}.starts.bin`;
const flagsName = (part: string): string => `${part}.flags.bin`;

/** Writes the files of one part, synced; leaves closed files when it throws. */
export async function writePart(
  folder: string,
  part: string,
  bytesPerToken: BytesPerToken,
  pieces: AsyncIterable<TokenPiece>,
): Promise<PartCounts> {
  const files: BufferedFile[] = [];
  const create = async (name: string): Promise<BufferedFile> => {
    const file = await BufferedFile.create(join(folder, name));
    files.push(file);
    return file;
  };
  try {
    const tokens = await create(tokensName(part));
    const starts = await create(startsName(part));
    let flags: FlagWriter | null = null;
    const counts = { tokens: 0, examples: 0, trainedOn: 0 };
    for await (const { ids, startsExample, trainedOn } of pieces) {
      if (startsExample) {
        counts.examples++;
        await starts.write(new BigUint64Array([BigInt(counts.tokens)]));
      }
      if (trainedOn !== null && flags === null && trainedOn.includes(0)) {
        flags = new FlagWriter(await create(flagsName(part)));
        await flags.addOnes(counts.tokens);
      }
      await (trainedOn === null ? flags?.addOnes(ids.length) : flags?.add(trainedOn));
      await tokens.write(bytesPerToken === 2 ? Uint16Array.from(ids) : ids);
      counts.tokens += ids.length;
      counts.trainedOn += trainedOn === null ? ids.length : countOnes(trainedOn);
    }
    await flags?.finish();
    for (const file of files) await file.sync();
    return counts;
  } finally {
    await Promise.all(files.map((file) => file.close()));
  }
}

/** The files of a part, in the sizes that its counts ask for. */
export function partFiles(
  part: string,
  bytesPerToken: BytesPerToken,
  { tokens, examples, trainedOn }: PartCounts,
): { name: string; sizeBytes: number }[] {
  const files = [
    { name: tokensName(part), sizeBytes: tokens * bytesPerToken },
    { name: startsName(part), sizeBytes: examples * bytesPerStart },
  ];
  if (trainedOn < tokens) files.push({ name: flagsName(part), sizeBytes: Math.ceil(tokens / 8) });
  return files;
}

/** Whether the files of a part are there in their sizes. */
export async function isPartWhole(
  folder: string,
  part: string,
  bytesPerToken: BytesPerToken,
  counts: PartCounts,
): Promise<boolean> {
  for (const { name, sizeBytes } of partFiles(part, bytesPerToken, counts)) {
    const found = await stat(join(folder, name)).catch(() => null);
    if (found?.size !== sizeBytes) return false;
  }
  return true;
}

/** Opens a part for reading; `close` ends all its files. */
export async function openPart(
  folder: string,
  part: string,
  bytesPerToken: BytesPerToken,
  counts: PartCounts,
): Promise<{ tokens: TokenPart; close(): Promise<void> }> {
  const files: FileSource[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(files.map((file) => file.close()));
  };
  const openFile = async (name: string): Promise<FileSource> => {
    const file = await FileSource.open(join(folder, name));
    files.push(file);
    return file;
  };
  try {
    const readTokens = await readerOf(await openFile(tokensName(part)));
    const starts = await openFile(startsName(part));
    const readFlags =
      counts.trainedOn < counts.tokens ? await readerOf(await openFile(flagsName(part))) : null;
    const tokens: TokenPart = {
      tokenCount: counts.tokens,
      exampleCount: counts.examples,
      read: async (start, count) => {
        const { buffer, byteOffset } = await readTokens(start * bytesPerToken, count * bytesPerToken);
        return Uint32Array.from(
          bytesPerToken === 2
            ? new Uint16Array(buffer, byteOffset, count)
            : new Uint32Array(buffer, byteOffset, count),
        );
      },
      readExampleStarts: async (first, count) => {
        const { buffer, byteOffset } = await starts.read(first * bytesPerStart, count * bytesPerStart);
        return Array.from(new BigUint64Array(buffer, byteOffset, count), Number);
      },
      readTrainedOn: readFlags
        ? async (start, count) => {
            const firstByte = Math.floor(start / 8);
            const bits = await readFlags(firstByte, Math.ceil((start + count) / 8) - firstByte);
            const skipped = start % 8;
            return Uint8Array.from({ length: count }, (_, i) => {
              return (bits[(skipped + i) >> 3]! >> ((skipped + i) & 7)) & 1;
            });
          }
        : undefined,
    };
    return { tokens, close };
  } catch (error) {
    await close();
    throw error;
  }
}

type ReadBytes = (offset: number, length: number) => Promise<Uint8Array>;

async function readerOf(file: FileSource): Promise<ReadBytes> {
  if (file.sizeBytes > largestInMemoryBytes) return (offset, length) => file.read(offset, length);
  const all = await file.read(0, file.sizeBytes);
  return (offset, length) => Promise.resolve(all.subarray(offset, offset + length));
}

function countOnes(flags: Uint8Array): number {
  let count = 0;
  for (const flag of flags) count += flag;
  return count;
}

/** Collects small writes into large ones. */
class BufferedFile {
  private readonly handle: FileHandle;
  private readonly buffer = new Uint8Array(bufferBytes);
  private used = 0;

  private constructor(handle: FileHandle) {
    this.handle = handle;
  }

  static async create(file: string): Promise<BufferedFile> {
    return new BufferedFile(await open(file, 'wx', 0o600));
  }

  async write(data: ArrayBufferView): Promise<void> {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    for (let done = 0; done < bytes.length;) {
      const count = Math.min(bytes.length - done, bufferBytes - this.used);
      this.buffer.set(bytes.subarray(done, done + count), this.used);
      this.used += count;
      done += count;
      if (this.used === bufferBytes) await this.flush();
    }
  }

  async sync(): Promise<void> {
    await this.flush();
    await this.handle.sync();
  }

  close(): Promise<void> {
    return this.handle.close();
  }

  private async flush(): Promise<void> {
    const bytes = this.buffer.subarray(0, this.used);
    this.used = 0;
    if (bytes.length > 0) await this.handle.writeFile(bytes);
  }
}

/** Packs flags into bits, the first in a byte's lowest. */
class FlagWriter {
  private readonly file: BufferedFile;
  private byte = 0;
  private bits = 0;

  constructor(file: BufferedFile) {
    this.file = file;
  }

  async addOnes(count: number): Promise<void> {
    for (let left = count; left > 0;) {
      const some = Math.min(left, bufferBytes);
      await this.add(new Uint8Array(some).fill(1));
      left -= some;
    }
  }

  async add(flags: Uint8Array): Promise<void> {
    const packed = new Uint8Array((this.bits + flags.length) >> 3);
    let at = 0;
    for (const flag of flags) {
      this.byte |= flag << this.bits;
      if (++this.bits < 8) continue;
      packed[at++] = this.byte;
      this.byte = this.bits = 0;
    }
    await this.file.write(packed);
  }

  async finish(): Promise<void> {
    if (this.bits > 0) await this.file.write(Uint8Array.of(this.byte));
  }
}
