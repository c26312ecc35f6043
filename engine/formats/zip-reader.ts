// Finds the entries of a zip archive of stored entries, as torch.save and zip-store.ts write them. Everything
// is checked against the archive's size before anything is read; what is compressed is refused.
// Format: APPNOTE.TXT 6.3.10

import { EngineError } from '../errors.ts';
import { readExactly, type ByteSource } from './bytes.ts';

/** Where the bytes of an entry lie, from the start of the archive. */
export interface StoredEntry {
  readonly offsetBytes: number;
  readonly sizeBytes: number;
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
  const { count, directoryAt, directoryBytes } = await readEnd(source);
  if (
    count > maxEntries ||
    directoryBytes > maxDirectoryBytes ||
    directoryAt + directoryBytes > source.sizeBytes
  ) {
    refuse(source, 'its directory does not fit the file');
  }
  const directory = await readExactly(source, directoryAt, directoryBytes);
  const entries = new Map<string, StoredEntry>();
  let at = 0;
  for (let i = 0; i < count; i++) {
    const entry = readCentral(source, directory, at);
    at = entry.next;
    if (entries.has(entry.name)) refuse(source, `it has two entries "${entry.name.slice(0, 200)}"`);
    entries.set(entry.name, await findData(source, entry));
  }
  return entries;
}

async function readEnd(
  source: ByteSource,
): Promise<{ count: number; directoryAt: number; directoryBytes: number }> {
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
    };
  }
  const wideAt = fields.u64(end - zip64LocatorBytes + 8);
  if (wideAt + zip64EndBytes > source.sizeBytes) refuse(source, 'its end lies outside the file');
  const wide = new Fields(await readExactly(source, wideAt, zip64EndBytes));
  if (wide.u32(0) !== 0x06064b50) refuse(source, 'its end is damaged');
  return { count: wide.u64(32), directoryBytes: wide.u64(40), directoryAt: wide.u64(48) };
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
  if (fields.u16(at + 10) !== 0) refuse(source, `"${name.slice(0, 200)}" is compressed`);
  let wideAt = wideExtra(fields, nameEnd, nameEnd + fields.u16(at + 30));
  const widened = (value: number): number => {
    if (value !== max32) return value;
    if (wideAt === null || wideAt + 8 > directory.length) refuse(source, 'a size is missing');
    wideAt += 8;
    return fields.u64(wideAt - 8);
  };
  const sizeBytes = widened(fields.u32(at + 24));
  if (widened(fields.u32(at + 20)) !== sizeBytes) refuse(source, `"${name.slice(0, 200)}" has two sizes`);
  return { name, sizeBytes, offsetBytes: widened(fields.u32(at + 42)), next };
}

/** Where the 64-bit numbers of an entry begin, if it has any. */
function wideExtra(fields: Fields, start: number, end: number): number | null {
  for (let at = start; at + 4 <= end; at += 4 + fields.u16(at + 2)) {
    if (fields.u16(at) === 0x0001) return at + 4;
  }
  return null;
}

async function findData(
  source: ByteSource,
  { name, offsetBytes, sizeBytes }: DirectoryEntry,
): Promise<StoredEntry> {
  if (offsetBytes + localBytes > source.sizeBytes)
    refuse(source, `"${name.slice(0, 200)}" lies outside the file`);
  const fields = new Fields(await readExactly(source, offsetBytes, localBytes));
  if (fields.u32(0) !== 0x04034b50) refuse(source, `"${name.slice(0, 200)}" has no header`);
  const dataAt = offsetBytes + localBytes + fields.u16(26) + fields.u16(28);
  if (dataAt + sizeBytes > source.sizeBytes) refuse(source, `"${name.slice(0, 200)}" is cut off`);
  return { offsetBytes: dataAt, sizeBytes };
}

function refuse({ name }: ByteSource, problem: string): never {
  throw new EngineError('zip-invalid', `${name} cannot be read as an archive: ${problem}.`, {
    hint: 'The file is damaged or was not written by a known tool: get it again.',
  });
}
