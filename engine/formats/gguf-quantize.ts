// Rounds float32 values to the types that GGUF files are written in, bit for bit as ggml does. Rows whose length is
// no multiple of a block's are the caller's to store otherwise.
// Source: quantize_row_q8_0_ref in ggml-quants.c of llama.cpp.

import { EngineError } from '../errors.ts';
import { f32ToF16 } from './half.ts';
import { narrow } from './narrow.ts';
import { ggmlBytes, ggmlType, type GgmlType } from './gguf-types.ts';

const blockElements = 32;
const { fround } = Math;

/** The bytes of values (n) f32 in a type: F32, F16 or Q8_0. Throws `tensor-overflow`. */
export function quantize(name: string, values: Float32Array, type: GgmlType): Uint8Array {
  switch (type.name) {
    case 'F32':
      return bytesOf(values);
    case 'F16':
      return bytesOf(narrow(name, values, 'f16'));
    case 'Q8_0':
      return toQ8(name, values);
    default:
      throw new Error(`nothing is written as ${type.name}`);
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Each block of 32: the scale that makes its largest value 127, f16, then the values in steps of it. */
function toQ8(name: string, values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(ggmlBytes(ggmlType('Q8_0'), values.length));
  for (let start = 0, at = 0; start < values.length; start += blockElements) {
    let largest = 0;
    for (let i = start; i < start + blockElements; i++) largest = Math.max(largest, Math.abs(values[i]!));
    const scale = fround(largest / 127);
    const inverse = scale === 0 ? 0 : fround(1 / scale);
    const stored = f32ToF16(scale);
    if ((stored & 0x7c00) === 0x7c00) refuseOverflow(name, largest);
    bytes[at++] = stored & 0xff;
    bytes[at++] = stored >> 8;
    for (let i = start; i < start + blockElements; i++) {
      const steps = fround(values[i]! * inverse);
      bytes[at++] = Math.trunc(steps + (steps < 0 ? -0.5 : 0.5));
    }
  }
  return bytes;
}

function refuseOverflow(name: string, largest: number): never {
  throw new EngineError(
    'tensor-overflow',
    `Tensor "${name}" holds ${largest}, which is too large for q8_0.`,
    {
      hint: 'Export as f32, which holds it.',
    },
  );
}
