// Archives that are made to do harm: compressed, encrypted or overlapping entries, names that lead elsewhere, headers
// that say two things, sizes that lie. Each is refused with a typed error before anything of it is read.
import { describe, expect, it } from 'vitest';
import { openTorchStateDict } from '../../../engine/formats/torch-state-dict.ts';
import { writeStoredZip } from '../../../engine/formats/zip-store.ts';
import { collect, golden, sourceOf } from './in-memory.ts';

const emptyDict = Uint8Array.of(0x7d, 0x2e);

describe('tricks with the archive', () => {
  const entry = (name: string, data: Uint8Array) => ({ name, read: () => data });
  const archive = async (): Promise<Uint8Array> =>
    collect(writeStoredZip([entry('a/data.pkl', emptyDict), entry('a/data/0', new Uint8Array(40).fill(7))]));
  const open = (bytes: Uint8Array) => openTorchStateDict(sourceOf(bytes, 'trick.pth'));
  const find = (bytes: Uint8Array, signature: number[], from = 0): number =>
    Buffer.from(bytes).indexOf(Buffer.from(signature), from);
  const central = [0x50, 0x4b, 1, 2];
  const end = [0x50, 0x4b, 5, 6];
  /** Sets bytes of the directory's first entry, or of the local header, or of the end. */
  const change = async (
    where: 'local' | 'central' | 'end',
    at: number,
    ...values: number[]
  ): Promise<Uint8Array> => {
    const bytes = await archive();
    const start = where === 'local' ? 0 : find(bytes, where === 'end' ? end : central);
    bytes.set(values, start + at);
    return bytes;
  };

  it.each<[string, 'local' | 'central' | 'end', number, number[], RegExp]>([
    ['compressed', 'central', 10, [8, 0], /is compressed/],
    ['compressed by its own header alone', 'local', 8, [8, 0], /in two ways/],
    ['encrypted', 'central', 8, [1, 0], /is encrypted/],
    ['encrypted by its own header alone', 'local', 6, [1, 0], /in two ways/],
    ['of another name in its own header', 'local', 30, [0x62], /in two ways/],
    ['of another size in its own header', 'local', 22, [1, 0, 0, 0], /in two ways/],
    ['of another CRC in its own header', 'local', 14, [1, 2, 3, 4], /in two ways/],
    ['of two sizes', 'central', 20, [1, 0, 0, 0], /two sizes/],
    ['of a size that zip64 should give and does not', 'central', 24, [255, 255, 255, 255], /size is missing/],
    ['outside the file', 'central', 42, [255, 255, 255, 0], /outside the file/],
    ['where there is none', 'central', 42, [1, 0, 0, 0], /has no header/],
  ])('an entry %s is refused', async (_, where, at, values, words) => {
    await expect(open(await change(where, at, ...values))).rejects.toMatchObject({
      code: 'zip-invalid',
      message: expect.stringMatching(words),
    });
  });

  it.each([
    '../data.pkl',
    '/etc/data.pkl',
    'a//data.pkl',
    'a/../../data.pkl',
    'a\\data.pkl',
    'a/./data.pkl',
    'a/\0/data.pkl',
  ])('an entry named %j is refused', async (name) => {
    const bytes = await collect(writeStoredZip([entry(name, emptyDict)]));
    await expect(open(bytes)).rejects.toMatchObject({
      code: 'zip-invalid',
      message: expect.stringMatching(/no name of a file/),
    });
  });

  it('entries that overlap, or the directory, are refused', async () => {
    const bytes = await archive();
    const first = find(bytes, central);
    const second = find(bytes, central, first + 4);
    // Both entries share the bytes of the first, as in bombs that make petabytes of megabytes.
    const shared = Uint8Array.from(bytes);
    shared.set(bytes.subarray(first + 42, first + 46), second + 42);
    shared[second + 28] = bytes[first + 28]!;
    await expect(open(shared)).rejects.toMatchObject({ code: 'zip-invalid' });
    const size = new DataView(bytes.buffer).getUint32(second + 24, true) + 200;
    for (const at of [20, 24]) new DataView(bytes.buffer).setUint32(second + at, size, true);
    await expect(open(bytes)).rejects.toMatchObject({ code: 'zip-invalid' });
  });

  it.each<[string, number, number[]]>([
    ['more entries than there are', 10, [3, 0]],
    ['fewer entries than there are', 10, [1, 0]],
    ['a directory of another size', 12, [1, 0, 0, 0]],
    ['a directory elsewhere', 16, [1, 0, 0, 0]],
  ])('an end that claims %s is refused', async (_, at, values) => {
    await expect(open(await change('end', at, ...values))).rejects.toMatchObject({ code: 'zip-invalid' });
  });

  it('a zip64 end that lies is refused', async () => {
    const wide = await collect(writeStoredZip([entry('a/data.pkl', emptyDict)], { zip64From: 10 }));
    await expect(open(wide)).resolves.toBeDefined();
    const at = find(wide, [0x50, 0x4b, 6, 6]);
    for (const offset of [32, 40, 48]) {
      const changed = Uint8Array.from(wide);
      new DataView(changed.buffer).setBigUint64(at + offset, 2n ** 62n, true);
      await expect(open(changed), String(offset)).rejects.toMatchObject({ code: 'zip-invalid' });
    }
  });

  it('a pickle whose bytes are others than were saved is refused', async () => {
    const bytes = await golden('torch-zip-2.pth');
    const at = Buffer.from(bytes).indexOf('0.weight');
    bytes[at] = 0x31;
    await expect(open(bytes)).rejects.toMatchObject({ code: 'torch-storage-damaged' });
  });
});
