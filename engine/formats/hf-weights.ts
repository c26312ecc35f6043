// The weights of a Hugging Face file as the model wants them: every tensor there under its own name, in its
// shape, of a type that can be read, and none that the model would not use. Reads no values but those of
// biases that are to be zero.

import type { ModelConfig } from '../config.ts';
import { EngineError } from '../errors.ts';
import type { StoredTensor, TensorReader } from './bytes.ts';
import type { StateDictTensor } from './hf-family.ts';
import { hfFamilyOf } from './hf-families.ts';

const readable: ReadonlySet<string> = new Set(['f32', 'f16', 'bf16']);

/**
 * The weights of `reader` under the names that the model uses; files of the bare model, whose names lack
 * `transformer.` or `model.`, are read too. Throws `weights-tensor-missing`, `weights-tensor-unknown`,
 * `weights-shape`, `weights-bias`, `tensor-not-float`.
 */
export async function hfWeights(config: ModelConfig, reader: TensorReader): Promise<TensorReader> {
  const family = hfFamilyOf(config);
  const { tensors: wanted, aliases } = family.stateDict(config);
  const bare = (name: string): string =>
    name.startsWith(family.prefix) ? name.slice(family.prefix.length) : name;
  const storedNames = new Map<string, string>();
  const tensors = new Map<string, StoredTensor>();
  for (const one of wanted) {
    const storedName = [one.name, bare(one.name)].find((name) => reader.tensors.has(name));
    if (storedName === undefined) {
      if (one.isZeros) continue;
      refuseMissing(one, config);
    }
    const found = reader.tensors.get(storedName)!;
    requireFitting(found, one);
    storedNames.set(one.name, storedName);
    if (one.isZeros) await requireZeros(reader, storedName);
    else tensors.set(one.name, { ...found, name: one.name });
  }
  const used = new Set([...storedNames.values(), ...aliases.flatMap(({ name }) => [name, bare(name)])]);
  for (const name of reader.tensors.keys()) {
    if (!used.has(name) && !family.unread.test(name)) refuseUnknown(name, config);
  }
  const stored = (name: string): string => storedNames.get(name) ?? name;
  return {
    tensors,
    metadata: reader.metadata,
    readF32: (name) => reader.readF32(stored(name)),
    readBytes: (name) => reader.readBytes(stored(name)),
  };
}

function requireFitting(found: StoredTensor, { shape, name }: StateDictTensor): void {
  if (!readable.has(found.elementType)) {
    throw new EngineError(
      'tensor-not-float',
      `Tensor "${name}" has type ${found.elementType}; weights in f32, f16 or bf16 are read.`,
      { hint: 'Choose the unquantised model.' },
    );
  }
  if (found.shape.join() === shape.join()) return;
  throw new EngineError(
    'weights-shape',
    `Tensor "${name}" has shape [${found.shape.join(', ')}]; by config.json it should have [${shape.join(', ')}].`,
    { hint: 'The weights and config.json belong to different models: get both from one place.' },
  );
}

/** Zeros stand for a parameter the model lacks; other values would be left out of what it computes. */
async function requireZeros(reader: TensorReader, name: string): Promise<void> {
  if ((await reader.readF32(name)).every((value) => value === 0)) return;
  throw new EngineError(
    'weights-bias',
    `Tensor "${name}" holds values, but config.json says "use_bias": false.`,
    { hint: 'Take "use_bias" out of config.json, or get the file again.' },
  );
}

function refuseMissing({ name, shape }: StateDictTensor, { modelType }: ModelConfig): never {
  throw new EngineError(
    'weights-tensor-missing',
    `The weights have no tensor "${name}" of shape [${shape.join(', ')}], which a ${modelType} model needs.`,
    { hint: 'A file may be missing, or config.json is that of another model.' },
  );
}

function refuseUnknown(name: string, { modelType }: ModelConfig): never {
  throw new EngineError(
    'weights-tensor-unknown',
    `The weights hold "${name.slice(0, 200)}", which is no part of a ${modelType} model as Heddle computes it.`,
    { hint: 'Choose a plain model: without adapters, extra heads or changed layers.' },
  );
}
