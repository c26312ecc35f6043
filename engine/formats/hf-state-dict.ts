// The tensors of a model as transformers names, orders and shapes them, ready for either weight format.
// Parameters keep their own layout; some lie together in one tensor, and what the model lacks and transformers
// expects is zeros.

import type { ModelConfig } from '../config.ts';
import { elementCount, type TensorAlias, type TensorToWrite } from './bytes.ts';
import type { StateDict, StateDictTensor, WeightElementType } from './hf-family.ts';
import { hfFamilyOf, type HfForm } from './hf-families.ts';
import { narrow } from './narrow.ts';

/** Names, shapes and ties of the state dict of the class that opens this config's files. */
export function hfStateDict(config: ModelConfig, form?: HfForm): StateDict {
  return hfFamilyOf(config, form).stateDict(config);
}

/**
 * The tensors to write for a model; `readParameter` gives one parameter's values when its turn comes. Types
 * other than f32 are rounded to the nearest, ties to even; throws `tensor-overflow` where that is infinite.
 * A .pth file takes `aliases` too; model.safetensors leaves them out, as transformers does, because
 * `tie_word_embeddings` in config.json brings them back.
 */
export function hfTensorsToWrite(
  config: ModelConfig,
  readParameter: (name: string) => Float32Array | Promise<Float32Array>,
  elementType: WeightElementType = 'f32',
  form?: HfForm,
): { tensors: TensorToWrite[]; aliases: readonly TensorAlias[] } {
  const { tensors, aliases } = hfStateDict(config, form);
  return {
    tensors: tensors.map((tensor) => ({
      name: tensor.name,
      shape: tensor.shape,
      elementType,
      read: async () => narrow(tensor.name, await valuesOf(tensor, readParameter), elementType),
    })),
    aliases,
  };
}

async function valuesOf(
  { name, shape, isZeros, parts }: StateDictTensor,
  readParameter: (name: string) => Float32Array | Promise<Float32Array>,
): Promise<Float32Array> {
  if (isZeros) return new Float32Array(elementCount(shape));
  if (!parts) return readParameter(name);
  if (parts.length === 1) return readParameter(parts[0]!.name);
  const values = new Float32Array(elementCount(shape));
  let at = 0;
  for (const part of parts) {
    values.set(await readParameter(part.name), at);
    at += elementCount(part.shape);
  }
  return values;
}
