// Finds the entries of a zip archive of stored entries, as torch.save and zip-store.ts write them. Everything
// is checked against the archive's size before anything is read. What is compressed, encrypted or overlaps, what leads
// out of its folder, and what the directory and an entry's own header say differently is refused.
// Format: APPNOTE.TXT 6.3.10

import { EngineError } from '../errors.ts';
import { readExactly, type ByteSource } from './bytes.ts';

/** Where the bytes of an entry lie, from the start of the archive. */
export interface StoredEntry {
  readonly offsetBytes: number;
  readonly sizeBytes: number;
  /** CRC-32 of the bytes, as the directory has it. */
  readonly crc: number;
}

interface DirectoryEntry extends StoredEntry {
  readonly name: string;
  readonly next: number;
}

const endBytes = 22;
const zip64LocatorBytes = 20;
const zip64EndBytes = 56;
const centralBytes = 46;
const localBytes = 30;
const max32 = 0xffffffff;
/** Encrypted, strongly encrypted, and a directory that is. */
const encryptedFlags = 0x0001 | 0x0040 | 0x2000;
const maxEntries = 200_000;
const maxDirectoryBytes = 100_000_000;

class Fields {
  private readonly view: DataView;

  constructor(bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u16 = (at: number): number => this.view.getUint16(at, true);
  u32 = (at: number): number => this.view.getUint32(at, true);
  u64 = (at: number): number => Number(this.view.getBigUint64(at, true));
}

/** The entries of an archive by name; throws `zip-invalid`. */
export async function openStoredZip(source: ByteSource): Promise<ReadonlyMap<string, StoredEntry>> {
  const { count, directoryAt, directoryBytes, endAt } = await readEnd(source);
  if (count > maxEntries || directoryBytes > maxDirectoryBytes || directoryAt + directoryBytes !== endAt) {
    refuse(source, 'its directory does not fit the file');
  }
  const directory = await readExactly(source, directoryAt, directoryBytes);
  const entries = new Map<string, StoredEntry>();
  const ranges: { start: number; end: number; name: string }[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    const entry = readCentral(source, directory, at);
    at = entry.next;
    if (entries.has(entry.name)) refuse(source, `it has two entries "${shown(entry.name)}"`);
    const found = await findData(source, entry);
    entries.set(entry.name, found);
    const end = found.offsetBytes + found.sizeBytes;
    ranges.push({ start: entry.offsetBytes, end, name: entry.name });
  }
  if (at !== directoryBytes) refuse(source, 'its directory holds more than its entries');
  requireApart(source, ranges, directoryAt);
  return entries;
}

/** A byte that belongs to two entries, or to one and the directory, is how small files claim to be large. */
function requireApart(
  source: ByteSource,
  ranges: { start: number; end: number; name: string }[],
  directoryAt: number,
): void {
  ranges.sort((a, b) => a.start - b.start);
  ranges.forEach(({ end, name }, i) => {
    if (end > (ranges[i + 1]?.start ?? directoryAt)) {
      refuse(source, `"${shown(name)}" overlaps what lies behind it`);
    }
  });
}

function shown(name: string): string {
  return name.slice(0, 200);
}

/** `endAt` is where the directory must end. */
async function readEnd(
  source: ByteSource,
): Promise<{ count: number; directoryAt: number; directoryBytes: number; endAt: number }> {
  const tailBytes = Math.min(source.sizeBytes, endBytes + zip64LocatorBytes);
  if (tailBytes < endBytes) refuse(source, 'it is too short');
  const tail = await readExactly(source, source.sizeBytes - tailBytes, tailBytes);
  const fields = new Fields(tail);
  const end = tailBytes - endBytes;
  if (fields.u32(end) !== 0x06054b50) refuse(source, 'it does not end as an archive does');
  const isWide = end >= zip64LocatorBytes && fields.u32(end - zip64LocatorBytes) === 0x07064b50;
  if (!isWide) {
    return {
      count: fields.u16(end + 10),
      directoryBytes: fields.u32(end + 12),
      directoryAt: fields.u32(end + 16),
      endAt: source.sizeBytes - endBytes,
    };
  }
  const wideAt = fields.u64(end - zip64LocatorBytes + 8);
  if (wideAt + zip64EndBytes > source.sizeBytes) refuse(source, 'its end lies outside the file');
  const wide = new Fields(await readExactly(source, wideAt, zip64EndBytes));
  if (wide.u32(0) !== 0x06064b50) refuse(source, 'its end is damaged');
  return { count: wide.u64(32), directoryBytes: wide.u64(40), directoryAt: wide.u64(48), endAt: wideAt };
}

function readCentral(source: ByteSource, directory: Uint8Array, at: number): DirectoryEntry {
  const fields = new Fields(directory);
  if (at + centralBytes > directory.length || fields.u32(at) !== 0x02014b50) {
    refuse(source, 'its directory is damaged');
  }
  const nameEnd = at + centralBytes + fields.u16(at + 28);
  const next = nameEnd + fields.u16(at + 30) + fields.u16(at + 32);
  if (next > directory.length) refuse(source, 'its directory is cut off');
  const name = new TextDecoder().decode(directory.subarray(at + centralBytes, nameEnd));
  if (!isPlainName(name)) refuse(source, `"${shown(name)}" is no name of a file in its folder`);
  if ((fields.u16(at + 8) & encryptedFlags) !== 0) refuse(source, `"${shown(name)}" is encrypted`);
  if (fields.u16(at + 10) !== 0) refuse(source, `"${shown(name)}" is compressed`);
  let wideAt = wideExtra(fields, nameEnd, nameEnd + fields.u16(at + 30));
  const widened = (value: number): number => {
    if (value !== max32) return value;
    if (wideAt === null || wideAt + 8 > directory.length) refuse(source, 'a size is missing');
    wideAt += 8;
    return fields.u64(wideAt - 8);
  };
  const sizeBytes = widened(fields.u32(at + 24));
  if (widened(fields.u32(at + 20)) !== sizeBytes) refuse(source, `"${shown(name)}" has two sizes`);
  return { name, sizeBytes, offsetBytes: widened(fields.u32(at + 42)), crc: fields.u32(at + 16), next };
}

function isPlainName(name: string): boolean {
  const parts = name.split('/');
  return !/[\\\0\ufffd]/.test(name) && !parts.some((part) => part === '' || part === '..' || part === '.');
}

/** Where the 64-bit numbers of an entry begin, if it has any. */
function wideExtra(fields: Fields, start: number, end: number): number | null {
  for (let at = start; at + 4 <= end; at += 4 + fields.u16(at + 2)) {
    if (fields.u16(at) === 0x0001) return at + 4;
  }
  return null;
}

/** Where the data of an entry begins, if its own header says what the directory does. */
async function findData(
  source: ByteSource,
  { name, offsetBytes, sizeBytes, crc }: DirectoryEntry,
): Promise<StoredEntry> {
  const nameBytes = new TextEncoder().encode(name);
  const headerBytes = localBytes + nameBytes.length;
  if (offsetBytes + headerBytes > source.sizeBytes) refuse(source, `"${shown(name)}" lies outside the file`);
  const header = await readExactly(source, offsetBytes, headerBytes);
  const fields = new Fields(header);
  if (fields.u32(0) !== 0x04034b50) refuse(source, `"${shown(name)}" has no header`);
  // With this flag the numbers stand behind the data, and here they may be zero.
  const comesLater = (fields.u16(6) & 0x0008) !== 0;
  const isSame = (value: number, expected: number): boolean =>
    value === expected || value === max32 || (comesLater && value === 0);
  if (
    (fields.u16(6) & encryptedFlags) !== 0 ||
    fields.u16(8) !== 0 ||
    !(fields.u32(14) === crc || (comesLater && fields.u32(14) === 0)) ||
    !isSame(fields.u32(18), sizeBytes) ||
    !isSame(fields.u32(22), sizeBytes) ||
    fields.u16(26) !== nameBytes.length ||
    !nameBytes.every((byte, i) => byte === header[localBytes + i])
  ) {
    refuse(source, `"${shown(name)}" is described in two ways`);
  }
  const dataAt = offsetBytes + headerBytes + fields.u16(28);
  if (dataAt + sizeBytes > source.sizeBytes) refuse(source, `"${shown(name)}" is cut off`);
  return { offsetBytes: dataAt, sizeBytes, crc };
}

function refuse({ name }: ByteSource, problem: string): never {
  throw new EngineError('zip-invalid', `${name} cannot be read as an archive: ${problem}.`, {
    hint: 'The file is damaged or was not written by a known tool: get it again.',
  });
}
