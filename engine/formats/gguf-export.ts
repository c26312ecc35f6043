// A model as what a GGUF file of it holds: keys, and tensors in llama.cpp's names, order and types. What llama.cpp
// would not compute or could not read is refused by name before anything is made.
// Source: convert_hf_to_gguf.py of llama.cpp.

import type { ModelConfig } from '../config.ts';
import type { Tokenizer } from '../tokenizers/tokenizer.ts';
import { ggufConfigKeys, requireGgufModel } from './gguf-config.ts';
import { naturalValue, textValue } from './gguf-keys.ts';
import { toGgufLayout } from './gguf-layouts.ts';
import { ggufPlace } from './gguf-names.ts';
import { quantize } from './gguf-quantize.ts';
import { ropeFactors, ropeFactorsName } from './gguf-rope.ts';
import { ggufTokenizerKeys } from './gguf-tokenizer.ts';
import { ggmlType, type GgmlType, type GgufKeys } from './gguf-types.ts';
import type { GgufTensorToWrite } from './gguf-write.ts';
import { hfTensorsToWrite } from './hf-state-dict.ts';

/** Types that the matrices of a model are written in. */
export type GgufElementType = 'f32' | 'f16' | 'q8_0';

/** llama.cpp's number for what most of a file is stored in. */
const fileTypes: Readonly<Record<GgufElementType, number>> = { f32: 0, f16: 1, q8_0: 7 };
const quantizationVersion = 2;

export interface GgufContents {
  readonly keys: GgufKeys;
  readonly tensors: readonly GgufTensorToWrite[];
}

/**
 * What a GGUF file of a model holds; `readParameter` gives one parameter's values when its turn comes. Vectors and
 * learned positions stay f32, and rows that are no multiple of 32 become f16 in place of q8_0, as llama.cpp's own
 * tools have it. Throws `export-model-unsupported`, `export-setting-unsupported`, `export-tokenizer-unsupported`.
 */
export function ggufContents(
  { model, tokenizer, name }: { model: ModelConfig; tokenizer: Tokenizer; name: string },
  readParameter: (name: string) => Float32Array | Promise<Float32Array>,
  elementType: GgufElementType,
): GgufContents {
  requireGgufModel(model);
  const factors = ropeFactors(model);
  const keys = new Map([
    ...ggufConfigKeys(model),
    ['general.type', textValue('model')] as const,
    ['general.name', textValue(name)] as const,
    ['general.file_type', naturalValue(fileTypes[elementType])] as const,
    ['general.quantization_version', naturalValue(quantizationVersion)] as const,
    ...ggufTokenizerKeys(tokenizer, model.vocabSize),
  ]);
  const tensors = hfTensorsToWrite(model, readParameter).tensors.map((tensor): GgufTensorToWrite => {
    const place = ggufPlace(model, tensor.name);
    const shape = place.layout.kind === 'transposed' ? tensor.shape.toReversed() : tensor.shape;
    const type = typeOf(place.name, shape, elementType);
    const read = async (): Promise<Uint8Array> => {
      const values = (await tensor.read()) as Float32Array;
      return quantize(place.name, toGgufLayout(values, tensor.shape[0] ?? 1, place.layout), type);
    };
    return { name: place.name, type, shape, read };
  });
  if (factors !== null) {
    const type = ggmlType('F32');
    const read = (): Promise<Uint8Array> => Promise.resolve(quantize(ropeFactorsName, factors, type));
    tensors.unshift({ name: ropeFactorsName, type, shape: [factors.length], read });
  }
  return { keys, tensors };
}

function typeOf(name: string, shape: readonly number[], elementType: GgufElementType): GgmlType {
  if (elementType === 'f32' || shape.length < 2 || name === 'position_embd.weight') return ggmlType('F32');
  const isWhole = shape.at(-1)! % ggmlType('Q8_0').blockElements === 0;
  return ggmlType(elementType === 'q8_0' && isWhole ? 'Q8_0' : 'F16');
}
