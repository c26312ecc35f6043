// Half-precision numbers to and from float32: IEEE 754 binary16 (f16) and bfloat16 (bf16), as bit patterns.
// Rounding is to nearest, ties to even. Whole arrays go through 32-bit integer views, because a NaN that
// passes through a JavaScript number may lose its payload.

const bits = new Uint32Array(1);
const value = new Float32Array(bits.buffer);

function f16ToF32Bits(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >>> 10) & 0x1f;
  const mantissa = half & 0x3ff;
  if (exponent === 0x1f) return sign | 0x7f800000 | (mantissa << 13);
  if (exponent !== 0) return sign | ((exponent + 112) << 23) | (mantissa << 13);
  value[0] = mantissa * 2 ** -24;
  return sign | bits[0]!;
}

function f32ToF16Bits(single: number): number {
  const sign = (single >>> 16) & 0x8000;
  const magnitude = single & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00 | ((magnitude >>> 13) & 0x1ff);
  // From 65520, halfway between the largest f16 and the next power of two, everything rounds to infinity.
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  if (magnitude < 0x38800000) {
    bits[0] = magnitude;
    // Adding 2^52 leaves a float64 no room for a fraction, so its own rounding picks the subnormal.
    return sign | (value[0]! * 2 ** 24 + 2 ** 52 - 2 ** 52);
  }
  return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
}

function f32ToBf16Bits(single: number): number {
  if ((single & 0x7fffffff) > 0x7f800000) return (single >>> 16) | 0x40;
  return (single + 0x7fff + ((single >>> 16) & 1)) >>> 16;
}

/** The float32 value of an f16 bit pattern, exactly. */
export function f16ToF32(half: number): number {
  bits[0] = f16ToF32Bits(half);
  return value[0]!;
}

/** The f16 bit pattern nearest to a number, ties to even; 65520 and above become infinity. */
export function f32ToF16(number: number): number {
  value[0] = number;
  return f32ToF16Bits(bits[0]!);
}

/** The float32 value of a bf16 bit pattern, exactly. */
export function bf16ToF32(half: number): number {
  bits[0] = half << 16;
  return value[0]!;
}

/** The bf16 bit pattern nearest to a number, ties to even. */
export function f32ToBf16(number: number): number {
  value[0] = number;
  return f32ToBf16Bits(bits[0]!);
}

function convertBits<To extends Uint16Array | Uint32Array>(
  from: Uint16Array | Uint32Array,
  to: To,
  convert: (pattern: number) => number,
): To {
  for (let i = 0; i < from.length; i++) to[i] = convert(from[i]!);
  return to;
}

function f32View(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}

/** The float32 of each f16 pattern, made when it is first needed: weights are read by the gigabyte. */
let f16Table: Uint32Array | undefined;

/** Widens f16 patterns (n) to float32 (n), bit for bit; `to` may be a part of a larger array. */
export function f16ArrayToF32(from: Uint16Array, to = new Float32Array(from.length)): Float32Array {
  const single = f32View(to);
  const widened = (f16Table ??= convertBits(
    Uint16Array.from({ length: 65_536 }, (_, half) => half),
    new Uint32Array(65_536),
    f16ToF32Bits,
  ));
  for (let i = 0; i < from.length; i++) single[i] = widened[from[i]!]!;
  return to;
}

/** Rounds float32 (n) to f16 patterns (n), ties to even. */
export function f32ArrayToF16(from: Float32Array, to = new Uint16Array(from.length)): Uint16Array {
  return convertBits(f32View(from), to, f32ToF16Bits);
}

/** Widens bf16 patterns (n) to float32 (n), bit for bit; `to` may be a part of a larger array. */
export function bf16ArrayToF32(from: Uint16Array, to = new Float32Array(from.length)): Float32Array {
  const single = f32View(to);
  for (let i = 0; i < from.length; i++) single[i] = from[i]! << 16;
  return to;
}

/** Rounds float32 (n) to bf16 patterns (n), ties to even. */
export function f32ArrayToBf16(from: Float32Array, to = new Uint16Array(from.length)): Uint16Array {
  return convertBits(f32View(from), to, f32ToBf16Bits);
}
