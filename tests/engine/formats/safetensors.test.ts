import { describe, expect, it } from 'vitest';
import { writeAll, type TensorToWrite } from '../../../engine/formats/bytes.ts';
import { f32ArrayToF16 } from '../../../engine/formats/half.ts';
import { openSafetensors, writeSafetensors } from '../../../engine/formats/safetensors.ts';
import { collect, golden, goldens, hex, sourceOf } from './in-memory.ts';

function tensor(name: string, shape: number[], values: Float32Array): TensorToWrite {
  return { name, shape, elementType: 'f32', read: () => values };
}

const torchNames: Record<string, string> = {
  float32: 'f32',
  float16: 'f16',
  bfloat16: 'bf16',
  float64: 'f64',
  int64: 'i64',
  uint8: 'u8',
  bool: 'bool',
};

describe('openSafetensors', () => {
  it('reads what the Python library wrote, each element type bit for bit', async () => {
    const reader = await openSafetensors(sourceOf(await golden('mixed.safetensors')));
    const { mixed } = await goldens();
    expect([...reader.tensors.keys()].sort()).toEqual(Object.keys(mixed).sort());
    for (const [name, { dtype, shape, hex: stored, f32Hex }] of Object.entries(mixed)) {
      expect(reader.tensors.get(name)).toMatchObject({ elementType: torchNames[dtype], shape });
      expect(hex(await reader.readBytes(name))).toBe(stored);
      const asF32 = f32Hex === undefined ? undefined : hex(await reader.readF32(name));
      expect(asF32).toBe(f32Hex);
    }
    expect([...reader.metadata].sort()).toEqual([
      ['__proto__', 'word'],
      ['format', 'pt'],
    ]);
  });

  it('reads only the header until a tensor is asked for', async () => {
    const bytes = await collect(writeSafetensors([tensor('w', [1000], new Float32Array(1000))]));
    const source = sourceOf(bytes);
    await openSafetensors(source);
    expect(source.bytesRead).toBe(bytes.byteLength - 4000);
  });

  it('refuses to read integers as floats, and names it does not have', async () => {
    const reader = await openSafetensors(sourceOf(await golden('mixed.safetensors')));
    await expect(reader.readF32('d.i64')).rejects.toMatchObject({ code: 'tensor-not-float' });
    await expect(async () => reader.readF32('__proto__')).rejects.toMatchObject({ code: 'tensor-not-found' });
  });

  it('says so when the file shrinks after it was opened', async () => {
    const bytes = await collect(writeSafetensors([tensor('w', [4], new Float32Array(4))]));
    const source = sourceOf(bytes);
    const reader = await openSafetensors(source);
    source.read = async () => new Uint8Array(3);
    await expect(reader.readF32('w')).rejects.toMatchObject({ code: 'source-truncated' });
  });

  it('widens large tensors piece by piece without a seam', async () => {
    const patterns = Uint16Array.from({ length: 5_000_001 }, (_, i) => (i * 7) % 0x7c00);
    const bytes = await collect(
      writeSafetensors([{ name: 'w', shape: [patterns.length], elementType: 'f16', read: () => patterns }]),
    );
    const values = await (await openSafetensors(sourceOf(bytes))).readF32('w');
    expect(values.length).toBe(patterns.length);
    expect(hex(f32ArrayToF16(values)) === hex(patterns)).toBe(true);
  });
});

describe('writeSafetensors', () => {
  it('aligns data to 8 bytes, keeps the order given, and reads back', async () => {
    for (let nameLength = 1; nameLength <= 16; nameLength++) {
      const name = 'n'.repeat(nameLength);
      const bytes = await collect(
        writeSafetensors(
          [
            tensor(name, [2, 2], Float32Array.of(1, 2, 3, NaN)),
            tensor('a', [], Float32Array.of(7)),
            tensor('z', [0], new Float32Array()),
          ],
          { format: 'pt' },
        ),
      );
      const headerBytes = Number(new DataView(bytes.buffer).getBigUint64(0, true));
      expect(headerBytes % 8).toBe(0);
      const reader = await openSafetensors(sourceOf(bytes));
      expect([...reader.tensors.values()].map((t) => [t.name, t.offsetBytes - 8 - headerBytes])).toEqual(
        [
          [name, 0],
          ['a', 16],
          ['z', 20],
        ].sort((a, b) => Number(a[1]) - Number(b[1])),
      );
      expect([...(await reader.readF32(name))]).toEqual([1, 2, 3, NaN]);
      expect([...(await reader.readF32('a'))]).toEqual([7]);
      expect([...(await reader.readF32('z'))]).toEqual([]);
      expect(reader.metadata.get('format')).toBe('pt');
    }
  });

  it('rewrites the tensors of a file byte for byte', async () => {
    const reader = await openSafetensors(sourceOf(await golden('mixed.safetensors')));
    const tensors = [...reader.tensors.values()].map((stored) => ({
      ...stored,
      read: () => reader.readBytes(stored.name),
    }));
    const again = await openSafetensors(sourceOf(await collect(writeSafetensors(tensors))));
    for (const [name, { elementType, shape }] of reader.tensors) {
      expect(again.tensors.get(name)).toMatchObject({ elementType, shape });
      expect(hex(await again.readBytes(name))).toBe(hex(await reader.readBytes(name)));
    }
  });

  it('asks for a tensor only after the one before it has been written', async () => {
    const log: string[] = [];
    const tensors = ['a', 'b'].map((name) => ({
      ...tensor(name, [1], Float32Array.of(1)),
      read: () => {
        log.push(`read ${name}`);
        return Float32Array.of(1);
      },
    }));
    const sizeBytes = await writeAll(writeSafetensors(tensors), {
      write: async (chunk) => void log.push(`write ${chunk.byteLength}`),
    });
    expect(log.slice(1)).toEqual(['read a', 'write 4', 'read b', 'write 4']);
    expect(log[0]).toBe(`write ${sizeBytes - 8}`);
  });

  it('refuses values that do not fill their shape, and names given twice or reserved', async () => {
    const short = writeSafetensors([tensor('w', [3], new Float32Array(2))]);
    await expect(collect(short)).rejects.toMatchObject({ code: 'tensor-size-mismatch' });
    const one = tensor('w', [1], new Float32Array(1));
    await expect(collect(writeSafetensors([one, one]))).rejects.toMatchObject({
      code: 'tensor-name-invalid',
    });
    const reserved = writeSafetensors([{ ...one, name: '__metadata__' }]);
    await expect(collect(reserved)).rejects.toMatchObject({ code: 'tensor-name-invalid' });
  });
});
