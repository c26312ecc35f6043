// Moves parameters and optimizer state between a device and safetensors files, by Hugging Face's names.
// A checkpoint's two files and an imported folder's one all go through here.

import { EngineError } from '../errors.ts';
import type { TensorReader } from '../formats/bytes.ts';
import { writeSafetensors } from '../formats/safetensors.ts';
import type { Executor } from '../graph/executor.ts';
import { sizeOf, type Arena, type Tensor } from '../graph/tensor.ts';
import type { ModelParameters, Part } from './parameters.ts';

/** Every named tensor of a model itself, in model order, without what is added beside its weights. */
export function modelParts({ byKey }: ModelParameters): Part[] {
  return [...byKey.values()].filter(({ spec }) => !spec.isAdapter).flatMap(({ parts }) => parts);
}

/** The tensors that LoRA adds, by PEFT's names; none for models without. */
export function adapterParts({ byKey }: ModelParameters): Part[] {
  return [...byKey.values()].filter(({ spec }) => spec.isAdapter).flatMap(({ parts }) => parts);
}

/** The tensors that training changes and optimizers keep state of; all of a model that no tuning was given for. */
export function trainableParts({ byKey, trainable }: ModelParameters): Part[] {
  return [...byKey.values()]
    .filter(({ tensor: { storage } }) => storage.kind === 'arena' && storage.arena === trainable)
    .flatMap(({ parts }) => parts);
}

/** `part` at the same place in another arena of the same layout (its gradient, a moment of the optimizer). */
export function inArena(part: Part, arena: Arena): Tensor {
  const { storage } = part.tensor;
  if (storage.kind !== 'arena') throw new Error(`${part.name} is not in an arena`);
  return { ...part.tensor, storage: { ...storage, arena } };
}

/** The bytes of `model.safetensors`, one tensor in memory at a time. */
export function weightsFile(executor: Executor, parts: readonly Part[]): AsyncIterable<Uint8Array> {
  return writeSafetensors(
    parts.map(({ name, shape, tensor }) => ({
      name,
      shape,
      elementType: 'f32' as const,
      read: async () => new Uint8Array(await executor.readTensor(tensor)),
    })),
    { format: 'pt' },
  );
}

/** The bytes of `optimizer.safetensors`: each part under `<state>.<name>`. */
export function optimizerFile(
  executor: Executor,
  parts: readonly Part[],
  arenas: ReadonlyMap<string, Arena>,
): AsyncIterable<Uint8Array> {
  const entries = [...arenas].flatMap(([state, arena]) =>
    parts.map((part) => ({
      name: `${state}.${part.name}`,
      shape: part.shape,
      elementType: 'f32' as const,
      read: async () => new Uint8Array(await executor.readTensor(inArena(part, arena))),
    })),
  );
  return writeSafetensors(entries, {});
}

/** Writes a file's tensors to the device; throws `weights-mismatch` unless names and shapes are all there. */
export async function loadWeights(
  executor: Executor,
  parts: readonly Part[],
  reader: TensorReader,
): Promise<void> {
  requireTensors(
    parts.map(({ name, shape }) => ({ name, shape })),
    reader,
  );
  for (const { name, tensor } of parts) executor.writeTensor(tensor, await reader.readF32(name));
}

/** Writes optimizer state back, as `loadWeights` does for weights. */
export async function loadOptimizer(
  executor: Executor,
  parts: readonly Part[],
  arenas: ReadonlyMap<string, Arena>,
  reader: TensorReader,
): Promise<void> {
  const wanted = [...arenas].flatMap(([state, arena]) =>
    parts.map((part) => ({ name: `${state}.${part.name}`, shape: part.shape, tensor: inArena(part, arena) })),
  );
  requireTensors(wanted, reader);
  for (const { name, tensor } of wanted) executor.writeTensor(tensor, await reader.readF32(name));
}

function requireTensors(
  wanted: readonly { name: string; shape: readonly number[] }[],
  reader: TensorReader,
): void {
  for (const { name, shape } of wanted) {
    const found = reader.tensors.get(name);
    if (found && found.shape.join() === shape.join()) continue;
    throw new EngineError(
      'weights-mismatch',
      found
        ? `Tensor "${name}" has shape [${found.shape.join(', ')}]; the model needs [${shape.join(', ')}] (${sizeOf(shape)} values).`
        : `The file has no tensor "${name}", which the model needs with shape [${shape.join(', ')}].`,
      { hint: 'Use the settings that these weights were saved with.' },
    );
  }
}
