import { crc32 as zlibCrc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { crc32 } from '../../../engine/formats/crc32.ts';
import { writeStoredZip, type ZipEntry } from '../../../engine/formats/zip-store.ts';
import { collect } from './in-memory.ts';
import { readZip } from './read-zip.ts';

function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 167 + (i >> 8)) & 0xff);
}

describe('crc32', () => {
  it('is the published check value for "123456789"', () => {
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
  });

  it('equals zlib for every length up to 100, whole and continued', () => {
    for (let length = 0; length <= 100; length++) {
      const bytes = pattern(length);
      expect(crc32(bytes)).toBe(zlibCrc32(bytes));
      const cut = Math.floor(length / 3);
      expect(crc32(bytes.subarray(cut), crc32(bytes.subarray(0, cut)))).toBe(zlibCrc32(bytes));
    }
  });
});

const entries: ZipEntry[] = [0, 1, 63, 64, 65, 5000].map((length) => ({
  name: `folder/${length} ünï`,
  read: () => pattern(length),
}));

describe('writeStoredZip', () => {
  it.each([
    ['plain fields', undefined, []],
    ['zip64 sizes and offsets', 0, [0, 1, 63, 64, 65, 5000]],
    ['zip64 only where a number needs it', 255, [64, 65, 5000]],
  ])('writes entries that a strict reader accepts, with %s', async (_what, zip64From, wide) => {
    const zip = readZip(await collect(writeStoredZip(entries, zip64From === undefined ? {} : { zip64From })));
    expect([...zip.keys()]).toEqual(entries.map((entry) => entry.name));
    for (const length of [0, 1, 63, 64, 65, 5000]) {
      const entry = zip.get(`folder/${length} ünï`)!;
      expect(entry.data).toEqual(pattern(length));
      expect(entry.dataAt % 64).toBe(0);
      expect([length, entry.hasZip64]).toEqual([length, (wide as number[]).includes(length)]);
    }
  });

  it('keeps another alignment, and none', async () => {
    for (const alignmentBytes of [1, 4096]) {
      const zip = readZip(await collect(writeStoredZip(entries, { alignmentBytes })));
      for (const { dataAt } of zip.values()) expect(dataAt % alignmentBytes).toBe(0);
    }
  });

  it('counts more than 65,535 entries in zip64 fields', async () => {
    const many = Array.from({ length: 65_536 }, (_, i) => ({
      name: String(i),
      read: () => new Uint8Array(0),
    }));
    expect(readZip(await collect(writeStoredZip(many))).size).toBe(65_536);
  });
});
