import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  bf16ArrayToF32,
  bf16ToF32,
  f16ArrayToF32,
  f16ToF32,
  f32ArrayToBf16,
  f32ArrayToF16,
  f32ToBf16,
  f32ToF16,
} from '../../../engine/formats/half.ts';
import { goldens } from './in-memory.ts';

const allPatterns = Uint16Array.from({ length: 65_536 }, (_, pattern) => pattern);

// The definition of IEEE 754 binary16: sign, 5 bits of exponent biased by 15, 10 bits of fraction.
function f16ByDefinition(pattern: number): number {
  const sign = pattern & 0x8000 ? -1 : 1;
  const exponent = (pattern >> 10) & 31;
  const fraction = pattern & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function isNanF16(pattern: number): boolean {
  return (pattern & 0x7fff) > 0x7c00;
}

describe('f16', () => {
  it('widens all 65,536 patterns to the values that IEEE 754 defines', () => {
    const expected = Float32Array.from(allPatterns, f16ByDefinition);
    expect(f16ArrayToF32(allPatterns)).toEqual(expected);
    expect(Float32Array.from(allPatterns, f16ToF32)).toEqual(expected);
  });

  it('narrows every widened pattern back to itself, NaN to a quiet NaN of the same sign and payload', () => {
    const narrowed = f32ArrayToF16(f16ArrayToF32(allPatterns));
    const expected = allPatterns.map((pattern) => (isNanF16(pattern) ? pattern | 0x200 : pattern));
    expect(narrowed).toEqual(expected);
  });

  it('rounds halfway values to even and anything beyond halfway away, between all neighbours', () => {
    const step = (value: number, by: number): number => {
      const bits = new Uint32Array(Float32Array.of(value).buffer);
      bits[0]! += by;
      return new Float32Array(bits.buffer)[0]!;
    };
    const got: number[] = [];
    const wanted: number[] = [];
    for (let low = 0; low < 0x7c00; low++) {
      const above = low === 0x7bff ? 65_536 : f16ByDefinition(low + 1);
      const middle = (f16ByDefinition(low) + above) / 2;
      const even = low % 2 === 0 ? low : low + 1;
      got.push(...[step(middle, -1), middle, step(middle, 1), -middle].map(f32ToF16));
      wanted.push(low, even, low + 1, even | 0x8000);
    }
    expect(Uint16Array.from(got)).toEqual(Uint16Array.from(wanted));
  });
});

describe('bf16', () => {
  it('widens all 65,536 patterns to the float32 with the same upper half', () => {
    const widened = bf16ArrayToF32(allPatterns);
    const expected = Uint32Array.from(allPatterns, (pattern) => pattern * 65_536);
    expect(new Uint32Array(widened.buffer)).toEqual(expected);
    expect(bf16ToF32(0x3fa0)).toBe(1.25);
    expect(f32ToBf16(-1.25)).toBe(0xbfa0);
  });

  it('narrows every widened pattern back to itself, NaN to a quiet NaN', () => {
    const narrowed = f32ArrayToBf16(bf16ArrayToF32(allPatterns));
    const expected = allPatterns.map((pattern) => ((pattern & 0x7fff) > 0x7f80 ? pattern | 0x40 : pattern));
    expect(narrowed).toEqual(expected);
  });
});

it('rounds a million float32 patterns as numpy (f16) and torch (bf16) do', async () => {
  const patterns = new Uint32Array(2 ** 20);
  for (let i = 0; i < patterns.length; i++) patterns[i] = Math.imul(i, 2_654_435_761);
  const values = new Float32Array(patterns.filter((pattern) => (pattern & 0x7fffffff) <= 0x7f800000).buffer);
  const sha256 = (array: Uint16Array): string => createHash('sha256').update(array).digest('hex');
  const { roundings } = await goldens();
  expect({
    count: values.length,
    f16Sha256: sha256(f32ArrayToF16(values)),
    bf16Sha256: sha256(f32ArrayToBf16(values)),
  }).toEqual(roundings);
});
