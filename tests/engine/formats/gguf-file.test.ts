// GGUF files that llama.cpp's own Python package wrote: keys of every kind, tensors of every type that is read, bit
// for bit what that package makes of them; and our own writing, read back.
import { describe, expect, it } from 'vitest';
import { dequantizer } from '../../../engine/formats/gguf-dequantize.ts';
import { openGguf } from '../../../engine/formats/gguf-file.ts';
import { fromGgufLayout, toGgufLayout } from '../../../engine/formats/gguf-layouts.ts';
import { quantize } from '../../../engine/formats/gguf-quantize.ts';
import { ggmlType, ggmlTypes } from '../../../engine/formats/gguf-types.ts';
import { writeGguf, type GgufTensorToWrite } from '../../../engine/formats/gguf-write.ts';
import { openSafetensors } from '../../../engine/formats/safetensors.ts';
import { collect, golden, hex, sourceOf } from './in-memory.ts';

const file = await openGguf(sourceOf(await golden('gguf-quants.gguf'), 'quants.gguf'));
const expected = await openSafetensors(sourceOf(await golden('gguf-quants.safetensors')));

describe('openGguf', () => {
  it('reads keys of every kind', () => {
    const found = [...file.keys].filter(([key]) => key.startsWith('kind.'));
    const values = found.map(([key, { value }]) => [
      key.slice(5),
      typeof value === 'object' ? [...value] : value,
    ]);
    expect(Object.fromEntries(values)).toEqual({
      u8: 200,
      i8: -100,
      u16: 60_000,
      i16: -30_000,
      u32: 4_000_000_000,
      i32: -2_000_000_000,
      u64: Number.MAX_SAFE_INTEGER,
      i64: Number.MIN_SAFE_INTEGER,
      f32: Math.fround(1e-5),
      f64: 0.1,
      bool: true,
      string: 'Grüße, 世界',
      strings: ['a', '', 'ß'],
      i32s: [-1, 0, 7],
      f32s: [0.5, -2],
      bools: [1, 0],
    });
  });

  it.each(['F32', 'F16', 'BF16', 'Q8_0', 'Q4_0', 'Q4_1', 'Q4_K', 'Q6_K'])(
    'reads %s as the package does',
    async (type) => {
      expect(file.tensors.get(type)).toMatchObject({ type: ggmlType(type), shape: [6, 256] });
      expect(hex(await file.readF32(type))).toBe(hex(await expected.readF32(type)));
    },
  );

  it('refuses a type that it does not read, by name and with those it does', async () => {
    await expect(file.readF32('other')).rejects.toMatchObject({
      code: 'gguf-type-unsupported',
      message: expect.stringMatching(/"other" is stored as Q5_0; read are F32, .*Q6_K/),
    });
    await expect(file.readF32('absent')).rejects.toMatchObject({ code: 'tensor-not-found' });
    for (const type of ggmlTypes.values()) {
      if (['F32', 'F16', 'BF16', 'Q8_0', 'Q4_0', 'Q4_1', 'Q4_K', 'Q6_K'].includes(type.name)) continue;
      expect(() => dequantizer('w', type)).toThrow(
        expect.objectContaining({ code: 'gguf-type-unsupported' }),
      );
    }
  });
});

describe('quantize', () => {
  it.each(['F32', 'F16', 'Q8_0'])('writes %s as the package does', async (type) => {
    const bytes = quantize('w', await expected.readF32('source'), ggmlType(type));
    expect(hex(bytes)).toBe(hex(await file.readBytes(type)));
  });

  it.each(['F16', 'Q8_0'])('refuses what is too large for %s', (type) => {
    const values = new Float32Array(32).fill(1e9);
    expect(() => quantize('w', values, ggmlType(type))).toThrow(
      expect.objectContaining({ code: 'tensor-overflow' }),
    );
  });
});

describe('layouts', () => {
  it('put the pairs that rotate together side by side, in each head, and back', () => {
    // Rows by their number: 2 heads of 6.
    const rows = Float32Array.from({ length: 12 }, (_, row) => row);
    const layout = { kind: 'rotated', heads: 2 } as const;
    const there = toGgufLayout(rows, 12, layout);
    expect([...there]).toEqual([0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11]);
    expect([...fromGgufLayout(there, 12, layout)]).toEqual([...rows]);
  });

  it('transpose and back', () => {
    const values = Float32Array.of(1, 2, 3, 4, 5, 6);
    expect([...toGgufLayout(values, 2, { kind: 'transposed' })]).toEqual([1, 4, 2, 5, 3, 6]);
    expect([...fromGgufLayout(Float32Array.of(1, 4, 2, 5, 3, 6), 2, { kind: 'transposed' })]).toEqual([
      ...values,
    ]);
  });
});

describe('writeGguf', () => {
  const tensor = (name: string, type: string, values: Float32Array, shape: number[]): GgufTensorToWrite => ({
    name,
    type: ggmlType(type),
    shape,
    read: () => Promise.resolve(quantize(name, values, ggmlType(type))),
  });

  it('gives back keys and tensors when it is read', async () => {
    const values = Float32Array.from({ length: 128 }, (_, i) => Math.sin(i));
    const tensors = [
      tensor('a', 'F32', values.subarray(0, 3), [3]),
      tensor('b', 'Q8_0', values, [2, 64]),
      tensor('c', 'F16', values.subarray(0, 6), [1, 2, 3]),
    ];
    const bytes = await collect(writeGguf(file.keys, tensors));
    const again = await openGguf(sourceOf(bytes, 'again.gguf'));
    expect([...again.keys]).toEqual([...file.keys]);
    for (const { name, type, shape, read } of tensors) {
      const found = again.tensors.get(name)!;
      expect(found).toMatchObject({ type, shape });
      expect(found.offsetBytes % 32).toBe(0);
      expect(hex(await again.readBytes(name))).toBe(hex(await read()));
    }
  });

  it('refuses names given twice or too long, and values that do not fill their shape', async () => {
    const one = tensor('a', 'F32', Float32Array.of(1), [1]);
    await expect(collect(writeGguf(new Map(), [one, one]))).rejects.toMatchObject({
      code: 'tensor-name-invalid',
    });
    await expect(collect(writeGguf(new Map(), [{ ...one, name: 'n'.repeat(64) }]))).rejects.toMatchObject({
      code: 'tensor-name-invalid',
    });
    await expect(collect(writeGguf(new Map(), [{ ...one, shape: [2] }]))).rejects.toMatchObject({
      code: 'tensor-size-mismatch',
    });
  });
});
