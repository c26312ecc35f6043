import { describe, expect, it } from 'vitest';
import type { ElementType, TensorToWrite } from '../../../engine/formats/bytes.ts';
import { writeTorchStateDict } from '../../../engine/formats/torch-pickle.ts';
import { collect, golden, hex } from './in-memory.ts';
import { readZip } from './read-zip.ts';

function tensor(
  name: string,
  elementType: ElementType,
  shape: number[],
  values: ArrayBufferView,
): TensorToWrite {
  return { name, elementType, shape, read: () => values };
}

const wte = Float32Array.from({ length: 90_000 }, (_, i) => i);
// The same state dict as in tests/golden/formats/make_format_goldens.py.
const tensors = [
  tensor('wte.weight', 'f32', [300, 300], wte),
  tensor('half', 'f16', [2, 1, 3, 5], new Uint16Array(30)),
  tensor('brain', 'bf16', [7], new Uint16Array(7)),
  tensor('scalar', 'i64', [], BigInt64Array.of(3n)),
  tensor('empty', 'f32', [4, 0, 2], new Float32Array(0)),
];
const aliases = [{ name: 'lm_head.weight', sameAs: 'wte.weight' }];
const shapeOf = (shape: number[]): TensorToWrite => tensor('w', 'u8', shape, new Uint8Array(0));

describe('writeTorchStateDict', () => {
  it('describes tensors in the bytes that Python pickles them to', async () => {
    const zip = readZip(await collect(writeTorchStateDict(tensors, aliases)));
    expect(hex(zip.get('archive/data.pkl')!.data)).toBe(hex(await golden('state-dict.pkl')));
  });

  it('stores each storage once, aligned, and the marks torch looks for', async () => {
    const zip = readZip(await collect(writeTorchStateDict(tensors, aliases)));
    expect([...zip.keys()]).toEqual([
      'archive/data.pkl',
      'archive/byteorder',
      'archive/data/0',
      'archive/data/1',
      'archive/data/2',
      'archive/data/3',
      'archive/data/4',
      'archive/version',
    ]);
    expect(new TextDecoder().decode(zip.get('archive/version')!.data)).toBe('3\n');
    expect(new TextDecoder().decode(zip.get('archive/byteorder')!.data)).toBe('little');
    expect(hex(zip.get('archive/data/0')!.data) === hex(wte)).toBe(true);
    expect(hex(zip.get('archive/data/3')!.data)).toBe('0300000000000000');
    for (const { dataAt } of zip.values()) expect(dataAt % 64).toBe(0);
  });

  it('pickles the integers on either side of each width as Python does', async () => {
    const ints: [number, string][] = [
      [255, '4bff'],
      [256, '4d0001'],
      [65_535, '4dffff'],
      [65_536, '4a00000100'],
      [2 ** 31 - 1, '4affffff7f'],
      [2 ** 31, '8a050000008000'],
      [2 ** 39 - 1, '8a05ffffffff7f'],
      [2 ** 39, '8a06000000008000'],
      [2 ** 47 - 1, '8a06ffffffffff7f'],
    ];
    for (const [extent, pickled] of ints) {
      // The values never come: the pickle is written before the first tensor is asked for.
      const chunks = writeTorchStateDict([shapeOf([extent])]);
      await chunks.next();
      const { value } = await chunks.next();
      await chunks.return(undefined);
      expect(hex(value as Uint8Array)).toContain(`${pickled}85`);
    }
  });

  it('refuses a type that torch has no storage for, unknown ties and repeated names', async () => {
    const code = (code: string): object => expect.objectContaining({ code });
    const packed = tensor('w', 'f8e4m3', [1], new Uint8Array(1));
    await expect(collect(writeTorchStateDict([packed]))).rejects.toEqual(code('tensor-type-not-in-torch'));
    const lost = [{ name: 'x', sameAs: 'y' }];
    await expect(collect(writeTorchStateDict(tensors, lost))).rejects.toEqual(code('tensor-alias-unknown'));
    const twice = [{ name: 'half', sameAs: 'brain' }];
    await expect(collect(writeTorchStateDict(tensors, twice))).rejects.toEqual(code('tensor-name-invalid'));
    const short = tensor('w', 'f32', [2], new Float32Array(1));
    await expect(collect(writeTorchStateDict([short]))).rejects.toEqual(code('tensor-size-mismatch'));
  });
});
