// Turns blocks of a GGUF tensor into float32, with the roundings of ggml: each product and each sum is rounded to
// float32. What is not listed here is refused by name. Reads no file.
// Source: ggml-quants.c of llama.cpp (dequantize_row_*), gguf-py/gguf/quants.py.

import { EngineError } from '../errors.ts';
import type { GgmlType } from './gguf-types.ts';
import { bf16ArrayToF32, f16ArrayToF32, f16ToF32 } from './half.ts';

/** Fills `values` (n) f32 from the bytes of whole blocks. */
export type Dequantize = (bytes: Uint8Array, values: Float32Array<ArrayBuffer>) => void;

const { fround } = Math;

function half(bytes: Uint8Array, at: number): number {
  return f16ToF32(bytes[at]! | (bytes[at + 1]! << 8));
}

function copy(bytes: Uint8Array, values: Float32Array): void {
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength).set(bytes);
}

// Bytes of a file may lie at an odd address, where a 16-bit view cannot be made.
function patterns(bytes: Uint8Array): Uint16Array {
  const { buffer, byteOffset, byteLength } = bytes.byteOffset % 2 === 0 ? bytes : new Uint8Array(bytes);
  return new Uint16Array(buffer, byteOffset, byteLength / 2);
}

/** Blocks of 32: scale f16, then 32 signed bytes. */
function fromQ8(bytes: Uint8Array, values: Float32Array): void {
  const signed = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let block = 0, at = 0; at < values.length; block += 34) {
    const scale = half(bytes, block);
    for (let i = 2; i < 34; i++) values[at++] = scale * signed[block + i]!;
  }
}

/** Blocks of 32: scale f16, then 16 bytes that each hold one value of either half, less 8. */
function fromQ40(bytes: Uint8Array, values: Float32Array): void {
  for (let block = 0, at = 0; at < values.length; block += 18, at += 32) {
    const scale = half(bytes, block);
    for (let i = 0; i < 16; i++) {
      const pair = bytes[block + 2 + i]!;
      values[at + i] = scale * ((pair & 15) - 8);
      values[at + 16 + i] = scale * ((pair >> 4) - 8);
    }
  }
}

/** Blocks of 32: scale and least value f16, then 16 bytes that each hold one value of either half. */
function fromQ41(bytes: Uint8Array, values: Float32Array): void {
  for (let block = 0, at = 0; at < values.length; block += 20, at += 32) {
    const scale = half(bytes, block);
    const least = half(bytes, block + 2);
    for (let i = 0; i < 16; i++) {
      const pair = bytes[block + 4 + i]!;
      values[at + i] = fround(scale * (pair & 15)) + least;
      values[at + 16 + i] = fround(scale * (pair >> 4)) + least;
    }
  }
}

/**
 * Blocks of 256: scales of scales and of least values f16, 12 bytes with 8 of both of 6 bits, then 4 times 32 bytes
 * that hold 64 values, the first 32 in their lower halves.
 */
function fromQ4K(bytes: Uint8Array, values: Float32Array): void {
  for (let block = 0, at = 0; at < values.length; block += 144) {
    const scale = half(bytes, block);
    const leastScale = half(bytes, block + 2);
    for (let part = 0; part < 8; part++) {
      const step = fround(scale * sixBitScale(bytes, block + 4, part));
      const least = fround(leastScale * sixBitLeast(bytes, block + 4, part));
      const from = block + 16 + (part >> 1) * 32;
      const shift = (part & 1) * 4;
      for (let i = 0; i < 32; i++) {
        values[at++] = fround(step * ((bytes[from + i]! >> shift) & 15)) - least;
      }
    }
  }
}

/** The part-th of 8 scales of 6 bits in 12 bytes: the last four share the bytes of the first and the last. */
function sixBitScale(bytes: Uint8Array, start: number, part: number): number {
  return part < 4
    ? bytes[start + part]! & 63
    : (bytes[start + 4 + part]! & 15) | ((bytes[start + part - 4]! >> 6) << 4);
}

/** The part-th of the 8 least values beside them. */
function sixBitLeast(bytes: Uint8Array, start: number, part: number): number {
  return part < 4
    ? bytes[start + 4 + part]! & 63
    : (bytes[start + 4 + part]! >> 4) | ((bytes[start + part]! >> 6) << 4);
}

/** Blocks of 256: 128 bytes of lower and 64 of upper bits, 16 signed scales, then their own scale f16. */
function fromQ6K(bytes: Uint8Array, values: Float32Array): void {
  const signed = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let block = 0, at = 0; at < values.length; block += 210) {
    const scale = half(bytes, block + 208);
    for (let part = 0; part < 8; part++) {
      // Of each 128 values the lower bits are in 64 bytes, four times 32 values: lower halves, then upper ones.
      const low = block + (part >> 2) * 64 + (part & 1) * 32;
      const lowShift = (part & 2) * 2;
      const high = block + 128 + (part >> 2) * 32;
      const highShift = (part & 3) * 2;
      for (let first = 0; first < 32; first += 16) {
        const step = fround(scale * signed[block + 192 + part * 2 + (first >> 4)]!);
        for (let i = first; i < first + 16; i++) {
          const bits = ((bytes[low + i]! >> lowShift) & 15) | (((bytes[high + i]! >> highShift) & 3) << 4);
          values[at++] = step * (bits - 32);
        }
      }
    }
  }
}

const dequantizers: ReadonlyMap<string, Dequantize> = new Map<string, Dequantize>([
  ['F32', copy],
  ['F16', (bytes, values) => void f16ArrayToF32(patterns(bytes), values)],
  ['BF16', (bytes, values) => void bf16ArrayToF32(patterns(bytes), values)],
  ['Q8_0', fromQ8],
  ['Q4_0', fromQ40],
  ['Q4_1', fromQ41],
  ['Q4_K', fromQ4K],
  ['Q6_K', fromQ6K],
]);

/** How a tensor's type is turned into float32; throws `gguf-type-unsupported`. */
export function dequantizer(tensorName: string, type: GgmlType): Dequantize {
  const found = dequantizers.get(type.name);
  if (found !== undefined) return found;
  throw new EngineError(
    'gguf-type-unsupported',
    `Tensor "${tensorName}" is stored as ${type.name}; read are ${[...dequantizers.keys()].join(', ')}.`,
    { hint: 'Choose a file of this model in one of these types: Q8_0 and Q4_K_M are common.' },
  );
}
