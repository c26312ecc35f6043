// Writes a zip archive of stored (uncompressed) entries as a stream, each entry's data at an aligned offset,
// so that a reader may map it. Zip64 fields appear only where a number needs them. Reads nothing.
// Format: APPNOTE.TXT 6.3.10; the padding field "FB" is the one that PyTorch writes.

import { inChunks } from './bytes.ts';
import { crc32 } from './crc32.ts';

/** One file of an archive; `read` is called when its turn comes, so one entry is held at a time. */
export interface ZipEntry {
  readonly name: string;
  read(): Uint8Array | Promise<Uint8Array>;
}

export interface ZipOptions {
  /** Entries' data begins at multiples of this many bytes: 1 to 32,768. */
  alignmentBytes?: number;
  /** From this value on numbers move to zip64 fields; lower than the default only to try them out. */
  zip64From?: number;
}

interface WrittenEntry {
  readonly name: Uint8Array;
  readonly crc: number;
  readonly sizeBytes: number;
  readonly offsetBytes: number;
}

const max32 = 0xffffffff;
const max16 = 0xffff;
const localHeaderBytes = 30;
const utf8NameFlag = 0x0800;
const firstDosDate = 0x0021; // 1980-01-01: the same state gives the same bytes at any time.
const plainVersion = 20;
const zip64Version = 45;

class Fields {
  private readonly bytes: number[] = [];

  u16(...values: number[]): this {
    for (const value of values) this.bytes.push(value & 0xff, (value >>> 8) & 0xff);
    return this;
  }

  u32(...values: number[]): this {
    for (const value of values) this.u16(value & max16, value >>> 16);
    return this;
  }

  u64(...values: number[]): this {
    for (const value of values) this.u32(value % 2 ** 32, Math.floor(value / 2 ** 32));
    return this;
  }

  raw(bytes: ArrayLike<number>): this {
    for (let i = 0; i < bytes.length; i++) this.bytes.push(bytes[i]!);
    return this;
  }

  get length(): number {
    return this.bytes.length;
  }

  done(): Uint8Array {
    return Uint8Array.from(this.bytes);
  }
}

/** The bytes of a zip archive of the entries in their order; names are relative paths with "/" between parts. */
export async function* writeStoredZip(
  entries: Iterable<ZipEntry>,
  { alignmentBytes = 64, zip64From = max32 }: ZipOptions = {},
): AsyncGenerator<Uint8Array> {
  const written: WrittenEntry[] = [];
  let offsetBytes = 0;
  for (const { name, read } of entries) {
    const data = await read();
    const entry = {
      name: new TextEncoder().encode(name),
      crc: crc32(data),
      sizeBytes: data.byteLength,
      offsetBytes,
    };
    const header = localHeader(entry, alignmentBytes, zip64From);
    yield header;
    yield* inChunks(data);
    written.push(entry);
    offsetBytes += header.byteLength + data.byteLength;
  }
  const directoryAt = offsetBytes;
  for (const entry of written) {
    const header = centralHeader(entry, zip64From);
    yield header;
    offsetBytes += header.byteLength;
  }
  yield endOfArchive(written.length, directoryAt, offsetBytes - directoryAt, zip64From);
}

function localHeader(entry: WrittenEntry, alignmentBytes: number, zip64From: number): Uint8Array {
  const isLarge = entry.sizeBytes >= zip64From;
  const size = isLarge ? max32 : entry.sizeBytes;
  const extra = new Fields();
  if (isLarge) extra.u16(0x0001, 16).u64(entry.sizeBytes, entry.sizeBytes);
  const dataAt = entry.offsetBytes + localHeaderBytes + entry.name.length + extra.length + 4;
  const padding = (alignmentBytes - (dataAt % alignmentBytes)) % alignmentBytes;
  extra.raw([0x46, 0x42]).u16(padding).raw(new Uint8Array(padding).fill(0x5a));
  return new Fields()
    .u32(0x04034b50)
    .u16(isLarge ? zip64Version : plainVersion, utf8NameFlag, 0, 0, firstDosDate)
    .u32(entry.crc, size, size)
    .u16(entry.name.length, extra.length)
    .raw(entry.name)
    .raw(extra.done())
    .done();
}

function centralHeader(entry: WrittenEntry, zip64From: number): Uint8Array {
  const isLarge = entry.sizeBytes >= zip64From;
  const isFar = entry.offsetBytes >= zip64From;
  const size = isLarge ? max32 : entry.sizeBytes;
  const wide = new Fields();
  if (isLarge) wide.u64(entry.sizeBytes, entry.sizeBytes);
  if (isFar) wide.u64(entry.offsetBytes);
  const extra = new Fields();
  if (wide.length > 0) extra.u16(0x0001, wide.length).raw(wide.done());
  const version = wide.length > 0 ? zip64Version : plainVersion;
  return new Fields()
    .u32(0x02014b50)
    .u16(version, version, utf8NameFlag, 0, 0, firstDosDate)
    .u32(entry.crc, size, size)
    .u16(entry.name.length, extra.length, 0, 0, 0)
    .u32(0, isFar ? max32 : entry.offsetBytes)
    .raw(entry.name)
    .raw(extra.done())
    .done();
}

function endOfArchive(
  count: number,
  directoryAt: number,
  directoryBytes: number,
  zip64From: number,
): Uint8Array {
  const isWide = count >= max16 || directoryAt >= zip64From || directoryBytes >= zip64From;
  const end = new Fields();
  if (isWide) {
    end
      .u32(0x06064b50)
      .u64(44)
      .u16(zip64Version, zip64Version)
      .u32(0, 0)
      .u64(count, count, directoryBytes, directoryAt);
    end
      .u32(0x07064b50, 0)
      .u64(directoryAt + directoryBytes)
      .u32(1);
  }
  const count16 = Math.min(count, max16);
  return end
    .u32(0x06054b50)
    .u16(0, 0, count16, count16)
    .u32(isWide ? max32 : directoryBytes, isWide ? max32 : directoryAt)
    .u16(0)
    .done();
}
