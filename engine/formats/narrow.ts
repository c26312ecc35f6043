// Rounds a tensor's float32 values to the element type that a file is to hold. What that type cannot hold is
// refused by name, because a weight that became infinite would make every text that follows nonsense.

import { EngineError } from '../errors.ts';
import { f32ArrayToBf16, f32ArrayToF16 } from './half.ts';
import type { WeightElementType } from './hf-family.ts';

/**
 * The values (n) f32 in another element type, to the nearest, ties to even. Throws `tensor-overflow` where a
 * finite value is too large for the type.
 */
export function narrow(
  name: string,
  values: Float32Array,
  elementType: WeightElementType,
): Float32Array | Uint16Array {
  switch (elementType) {
    case 'f32':
      return values;
    case 'f16':
      return refuseOverflow(name, values, f32ArrayToF16(values), 0x7c00, 'f16');
    case 'bf16':
      return refuseOverflow(name, values, f32ArrayToBf16(values), 0x7f80, 'bf16');
    default:
      return elementType satisfies never;
  }
}

function refuseOverflow(
  name: string,
  values: Float32Array,
  patterns: Uint16Array,
  infinity: number,
  elementType: 'f16' | 'bf16',
): Uint16Array {
  const at = patterns.findIndex(
    (pattern, i) => (pattern & 0x7fff) === infinity && Number.isFinite(values[i]),
  );
  if (at < 0) return patterns;
  throw new EngineError(
    'tensor-overflow',
    `Tensor "${name}" holds ${values[at]}, which is too large for ${elementType}.`,
    {
      hint:
        elementType === 'f16' ? 'Export as bf16 or f32, which hold it.' : 'Export as f32, which holds it.',
    },
  );
}
