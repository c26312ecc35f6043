// A strict reader of stored zip archives for tests, written from APPNOTE.TXT apart from the writer: the
// central directory and the local headers must agree, zip64 fields included.
import { crc32 } from 'node:zlib';

export interface ReadEntry {
  data: Uint8Array;
  dataAt: number;
  hasZip64: boolean;
}

export function readZip(bytes: Uint8Array): Map<string, ReadEntry> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const u16 = (at: number): number => view.getUint16(at, true);
  const u32 = (at: number): number => view.getUint32(at, true);
  const u64 = (at: number): number => Number(view.getBigUint64(at, true));
  const need = (claim: boolean, what: string): void => {
    if (!claim) throw new Error(`zip: ${what}`);
  };

  const end = bytes.byteLength - 22;
  need(u32(end) === 0x06054b50, 'no end record');
  let [count, size, at] = [u16(end + 10), u32(end + 12), u32(end + 16)];
  let directoryEnd = end;
  if (at === 0xffffffff || size === 0xffffffff || count === 0xffff) {
    need(u32(end - 20) === 0x07064b50, 'no zip64 locator');
    directoryEnd = u64(end - 12);
    need(u32(directoryEnd) === 0x06064b50 && u64(directoryEnd + 4) === 44, 'no zip64 end record');
    [count, size, at] = [u64(directoryEnd + 32), u64(directoryEnd + 40), u64(directoryEnd + 48)];
  }
  need(at + size === directoryEnd, 'directory size');

  const entries = new Map<string, ReadEntry>();
  let localAt = 0;
  for (let i = 0; i < count; i++) {
    need(u32(at) === 0x02014b50 && u16(at + 10) === 0, 'no stored central entry');
    const [nameBytes, extraBytes] = [u16(at + 28), u16(at + 30)];
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameBytes));
    let [packed, unpacked, offset] = [u32(at + 20), u32(at + 24), u32(at + 42)];
    let wideAt = at + 46 + nameBytes + 4;
    const hasZip64 = extraBytes > 0;
    if (hasZip64) need(u16(wideAt - 4) === 1 && u16(wideAt - 2) === extraBytes - 4, 'no zip64 extra');
    const widened = (value: number): number => {
      if (value !== 0xffffffff) return value;
      wideAt += 8;
      return u64(wideAt - 8);
    };
    unpacked = widened(unpacked);
    packed = widened(packed);
    offset = widened(offset);
    need(wideAt === at + 46 + nameBytes + (hasZip64 ? extraBytes : 4), 'zip64 extra length');
    need(packed === unpacked && offset === localAt, 'entries are not stored one after another');

    need(u32(offset) === 0x04034b50 && u16(offset + 8) === 0, 'no stored local entry');
    need(u16(offset + 6) === u16(at + 8) && u32(offset + 14) === u32(at + 16), 'headers disagree');
    need(u16(offset + 26) === nameBytes, 'names disagree');
    const localName = new TextDecoder().decode(bytes.subarray(offset + 30, offset + 30 + nameBytes));
    need(localName === name && !entries.has(name), 'names disagree or repeat');
    if (u32(offset + 22) === 0xffffffff) {
      const extraAt = offset + 30 + nameBytes;
      need(u16(extraAt) === 1 && u16(extraAt + 2) === 16, 'no local zip64 extra');
      need(u64(extraAt + 4) === packed && u64(extraAt + 12) === packed, 'local zip64 sizes');
    } else {
      need(u32(offset + 18) === packed && u32(offset + 22) === packed, 'local sizes');
    }
    const dataAt = offset + 30 + nameBytes + u16(offset + 28);
    const data = bytes.subarray(dataAt, dataAt + packed);
    need(data.byteLength === packed && crc32(data) === u32(at + 16), `crc of ${name}`);
    entries.set(name, { data, dataAt, hasZip64 });
    localAt = dataAt + packed;
    at += 46 + nameBytes + extraBytes;
  }
  need(at === directoryEnd, 'directory length');
  return entries;
}
