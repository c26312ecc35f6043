import { expect, it } from 'vitest';
import { firstNonFinite } from '../../../engine/formats/non-finite.ts';

it('finds each kind of value that is not finite, and nothing else', () => {
  const patterns = [
    0x7f800000, 0xff800000, 0x7fc00000, 0x7f800001, 0xffffffff, 0x7f7fffff, 0x00000001, 0x80000000,
  ];
  const values = new Float32Array(Uint32Array.from(patterns).buffer);
  const found = patterns.map((_, i) => firstNonFinite(values.subarray(i, i + 1)));
  expect(found).toEqual([0, 0, 0, 0, 0, -1, -1, -1]);
  expect(firstNonFinite(Float32Array.of(1, -2, NaN, Infinity))).toBe(2);
  expect(firstNonFinite(new Float32Array())).toBe(-1);
});
