import { describe, expect, it } from 'vitest';
import type { TensorToWrite } from '../../../engine/formats/bytes.ts';
import { writeTorchStateDict } from '../../../engine/formats/torch-pickle.ts';
import { openTorchStateDict } from '../../../engine/formats/torch-state-dict.ts';
import { unpickleStateDict } from '../../../engine/formats/torch-unpickle.ts';
import { writeStoredZip } from '../../../engine/formats/zip-store.ts';
import { collect, golden, sourceOf } from './in-memory.ts';

const tensors: TensorToWrite[] = [
  { name: 'wte.weight', elementType: 'f32', shape: [2, 3], read: () => Float32Array.of(1, 2, 3, 4, 5, 6) },
  { name: 'half', elementType: 'f16', shape: [2], read: () => Uint16Array.of(0x3c00, 0xc000) },
  { name: 'brain', elementType: 'bf16', shape: [1, 1], read: () => Uint16Array.of(0x4040) },
  { name: 'count', elementType: 'i64', shape: [], read: () => BigInt64Array.of(7n) },
];
const aliases = [{ name: 'lm_head.weight', sameAs: 'wte.weight' }];

const text = (value: string): number[] => [...new TextEncoder().encode(value)];
const refusal = (problem: RegExp): object =>
  expect.objectContaining({ code: 'pickle-unsupported', message: expect.stringMatching(problem) });

describe('openTorchStateDict', () => {
  it.each([{}, { zip64From: 100 }])('gives back what was written, with %j', async (options) => {
    const file = await collect(writeTorchStateDict(tensors, aliases, options));
    const reader = await openTorchStateDict(sourceOf(file, 'model.pth'));
    expect([...reader.tensors.keys()]).toEqual([...tensors.map(({ name }) => name), 'lm_head.weight']);
    for (const name of ['wte.weight', 'lm_head.weight']) {
      expect([...(await reader.readF32(name))]).toEqual([1, 2, 3, 4, 5, 6]);
      expect(reader.tensors.get(name)).toMatchObject({ elementType: 'f32', shape: [2, 3] });
    }
    expect([...(await reader.readF32('half'))]).toEqual([1, -2]);
    expect([...(await reader.readF32('brain'))]).toEqual([3]);
    expect([...(await reader.readBytes('count'))]).toEqual([7, 0, 0, 0, 0, 0, 0, 0]);
    await expect(reader.readF32('count')).rejects.toMatchObject({ code: 'tensor-not-float' });
  });

  it('refuses an archive that is cut off at any byte', async () => {
    const file = await collect(writeTorchStateDict(tensors.slice(1, 3)));
    for (let length = 0; length < file.length; length += 7) {
      const cut = sourceOf(file.subarray(0, length), 'cut.pth');
      await expect(openTorchStateDict(cut), String(length)).rejects.toMatchObject({
        code: expect.stringMatching(/^(zip-invalid|torch-file-unknown)$/),
      });
    }
  });

  it('refuses a storage that is missing or too short, and an archive without a state dict', async () => {
    const pickle = await golden('state-dict.pkl');
    const entry = (name: string, data: Uint8Array) => ({ name, read: () => data });
    const open = async (...entries: ReturnType<typeof entry>[]) =>
      openTorchStateDict(sourceOf(await collect(writeStoredZip(entries)), 'model.pth'));
    const missing = { code: 'torch-storage-missing' };
    await expect(open(entry('archive/data.pkl', pickle))).rejects.toMatchObject(missing);
    await expect(
      open(entry('archive/data.pkl', pickle), entry('archive/data/0', new Uint8Array(4))),
    ).rejects.toMatchObject({ ...missing, message: expect.stringContaining('wte.weight') });
    await expect(open(entry('notes.txt', pickle))).rejects.toMatchObject(missing);
  });
});

describe('unpickleStateDict', () => {
  it('reads what Python pickled', async () => {
    const found = unpickleStateDict(await golden('state-dict.pkl'));
    expect([...found].map(([name, { elementType, shape, key }]) => [name, elementType, shape, key])).toEqual([
      ['wte.weight', 'f32', [300, 300], '0'],
      ['half', 'f16', [2, 1, 3, 5], '1'],
      ['brain', 'bf16', [7], '2'],
      ['scalar', 'i64', [], '3'],
      ['empty', 'f32', [4, 0, 2], '4'],
      ['lm_head.weight', 'f32', [300, 300], '0'],
    ]);
  });

  it('calls nothing: a pickle that would run a command is refused by what it calls', () => {
    // cos\nsystem\n(X..."echo"tR. — os.system("echo")
    const hostile = [
      0x80,
      2,
      ...text('cos\nsystem\n'),
      0x28,
      0x58,
      4,
      0,
      0,
      0,
      ...text('echo'),
      0x74,
      0x52,
      0x2e,
    ];
    expect(() => unpickleStateDict(Uint8Array.from(hostile))).toThrow(refusal(/it names os\.system/));
    const unknown = [0x80, 2, 0x69, ...text('os\nsystem\n'), 0x2e];
    expect(() => unpickleStateDict(Uint8Array.from(unknown))).toThrow(
      refusal(/makes an object of os\.system/),
    );
  });

  it('refuses a pickle that ends anywhere before its end', async () => {
    const pickle = await golden('state-dict.pkl');
    for (let length = 0; length < pickle.length; length += 11) {
      expect(() => unpickleStateDict(pickle.subarray(0, length)), String(length)).toThrow(
        expect.objectContaining({ code: 'pickle-unsupported' }),
      );
    }
  });
});
