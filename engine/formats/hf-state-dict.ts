// The tensors of a model as transformers names, orders and shapes them, ready for either weight format.
// Parameters keep their own names and layout; what the model lacks and transformers expects is zeros.

import type { ModelConfig } from '../config.ts';
import { elementCount, type TensorAlias, type TensorToWrite } from './bytes.ts';
import type { StateDict, WeightElementType } from './hf-family.ts';
import { hfFamilyOf } from './hf-families.ts';
import { narrow } from './narrow.ts';

/** Names, shapes and ties of the state dict of `GPT2LMHeadModel` or `LlamaForCausalLM` for this config. */
export function hfStateDict(config: ModelConfig): StateDict {
  return hfFamilyOf(config).stateDict(config);
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
): { tensors: TensorToWrite[]; aliases: readonly TensorAlias[] } {
  const { tensors, aliases } = hfStateDict(config);
  return {
    tensors: tensors.map(({ name, shape, isZeros }) => ({
      name,
      shape,
      elementType,
      read: async () =>
        narrow(
          name,
          isZeros ? new Float32Array(elementCount(shape)) : await readParameter(name),
          elementType,
        ),
    })),
    aliases,
  };
}
