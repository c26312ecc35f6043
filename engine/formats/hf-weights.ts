// The weights of a Hugging Face file as the model wants them: every tensor there under its own name, in its
// shape, of a type that can be read, and none that the model would not use. Reads no values but those of
// biases that are to be zero.

import type { ModelConfig } from '../config.ts';
import { EngineError } from '../errors.ts';
import { elementCount, elementSizes, type StoredTensor, type TensorReader } from './bytes.ts';
import type { StateDictTensor } from './hf-family.ts';
import { hfFamilyOf, type HfForm } from './hf-families.ts';

const readable: ReadonlySet<string> = new Set(['f32', 'f16', 'bf16']);

/** Where one of the model's tensors lies: the stored tensor, its place in it, its part of the whole. */
interface Place {
  readonly stored: string;
  readonly start: number;
  readonly count: number;
  readonly ofCount: number;
}

/** The settings that config.json gave, with what only the weights tell. */
export async function hfModelConfig(
  config: ModelConfig,
  reader: TensorReader,
  form?: HfForm,
): Promise<ModelConfig> {
  return (await hfFamilyOf(config, form).completeConfig?.(config, reader)) ?? config;
}

/**
 * The weights of `reader` under the names that the model uses; files of the bare model, whose names lack
 * `transformer.` or `model.`, are read too. Throws `weights-tensor-missing`, `weights-tensor-unknown`,
 * `weights-shape`, `weights-bias`, `tensor-not-float`.
 */
export async function hfWeights(
  config: ModelConfig,
  reader: TensorReader,
  form?: HfForm,
): Promise<TensorReader> {
  const family = hfFamilyOf(config, form);
  const { tensors: wanted, aliases } = family.stateDict(config);
  const bare = (name: string): string =>
    name.startsWith(family.prefix) ? name.slice(family.prefix.length) : name;
  const places = new Map<string, Place>();
  const tensors = new Map<string, StoredTensor>();
  const used = new Set(aliases.flatMap(({ name }) => [name, bare(name)]));
  for (const one of wanted) {
    const names = [one.name, bare(one.name)];
    if (family.olderName) names.push(...names.map(family.olderName));
    const stored = names.find((name) => reader.tensors.has(name));
    if (stored === undefined) {
      if (one.isZeros) continue;
      refuseMissing(one, config);
    }
    const found = reader.tensors.get(stored)!;
    requireFitting(found, one);
    used.add(stored);
    if (one.isZeros) await requireZeros(reader, stored, config);
    else placeParts(one, found, stored, places, tensors);
  }
  for (const name of reader.tensors.keys()) {
    if (!used.has(name) && !family.unread.test(name)) refuseUnknown(name, config);
  }
  const cut = async <T extends Float32Array | Uint8Array>(
    name: string,
    read: (stored: string) => Promise<T>,
  ): Promise<T> => {
    const place = places.get(name);
    const values = await read(place?.stored ?? name);
    if (!place || place.count === place.ofCount) return values;
    const scale = values.length / place.ofCount;
    return values.slice(place.start * scale, (place.start + place.count) * scale) as T;
  };
  return {
    tensors,
    metadata: reader.metadata,
    readF32: (name) => cut(name, (stored) => reader.readF32(stored)),
    readBytes: (name) => cut(name, (stored) => reader.readBytes(stored)),
  };
}

/** Finds the model's tensors in a stored one. */
function placeParts(
  { name, shape, parts = [{ name, shape }] }: StateDictTensor,
  found: StoredTensor,
  stored: string,
  places: Map<string, Place>,
  tensors: Map<string, StoredTensor>,
): void {
  const ofCount = elementCount(shape);
  let start = 0;
  for (const part of parts) {
    const count = elementCount(part.shape);
    const bytesPerElement = elementSizes[found.elementType];
    places.set(part.name, { stored, start, count, ofCount });
    tensors.set(part.name, {
      ...found,
      name: part.name,
      shape: part.shape,
      offsetBytes: found.offsetBytes + start * bytesPerElement,
      sizeBytes: count * bytesPerElement,
    });
    start += count;
  }
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
async function requireZeros(reader: TensorReader, name: string, config: ModelConfig): Promise<void> {
  if ((await reader.readF32(name)).every((value) => value === 0)) return;
  const isSetOff = 'useBias' in config;
  throw new EngineError(
    'weights-bias',
    isSetOff
      ? `Tensor "${name}" holds values, but config.json says "use_bias": false.`
      : `Tensor "${name}" holds values; it is supported where it is zero or not there.`,
    {
      hint: isSetOff
        ? 'Take "use_bias" out of config.json, or get the file again.'
        : 'Choose a model that was trained without it.',
    },
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
