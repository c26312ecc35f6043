// Adapters merged into the weights that they stand beside, and taken out again: W += scale B A. Works on files'
// tensors as they are read, one at a time, so that what exports, generates or evaluates sees a plain model.

import { EngineError } from '../errors.ts';
import { elementCount, type StoredTensor, type TensorReader } from '../formats/bytes.ts';
import { aName, adapterContents, bName, wholeName } from '../formats/peft-names.ts';
import type { WeightLayout } from '../ops/matmul/matmul.ts';

export interface MergeOptions {
  /** What the products are multiplied with; its negative takes out what was merged. */
  readonly scale: number;
  readonly layout: WeightLayout;
}

/** Two matrices as they lie in files: A (r, in) and B (out, r). */
export interface LowRankValues {
  readonly a: Float32Array;
  readonly b: Float32Array;
  readonly r: number;
}

/** Adds scale B A to a weight where it lies, (out, in) or (in, out) by `layout`, each element rounded once. */
export function addLowRank(weight: Float32Array, { a, b, r }: LowRankValues, options: MergeOptions): void {
  const { scale, layout } = options;
  const inFeatures = a.length / r;
  const outFeatures = b.length / r;
  if (weight.length !== inFeatures * outFeatures) throw new Error('the matrices do not fit the weight');
  const isOutIn = layout === 'out-in';
  const columns = isOutIn ? inFeatures : outFeatures;
  const left = isOutIn ? b : transposed(a, r);
  const right = isOutIn ? a : transposed(b, outFeatures);
  const sums = new Float64Array(columns);
  for (let row = 0; row < weight.length / columns; row++) {
    sums.fill(0);
    for (let k = 0; k < r; k++) {
      const factor = scale * left[row * r + k]!;
      for (let j = 0; j < columns; j++) sums[j]! += factor * right[k * columns + j]!;
    }
    for (let j = 0; j < columns; j++) weight[row * columns + j]! += sums[j]!;
  }
}

/** (rows, columns) to (columns, rows). */
function transposed(matrix: Float32Array, rows: number): Float32Array {
  const columns = matrix.length / rows;
  return matrix.map((_, i) => matrix[(i % rows) * columns + Math.floor(i / rows)]!);
}

/**
 * The tensors of a model with an adapter's merged in, under the model's names and as f32 where they changed; those
 * that the adapter holds whole (a classifier) take the model's place. Both readers stay their owner's.
 * Throws `adapter-mismatch` where the adapter is for another model.
 */
export function mergedWeights(
  model: TensorReader,
  adapter: TensorReader,
  options: MergeOptions,
): TensorReader {
  const { modules, wholes } = adapterContents(adapter);
  for (const module of modules) requireFitting(model, adapter, module, options.layout);
  for (const name of wholes) requireSameShape(model, adapter, name);
  const changed = new Map([...modules].map((module) => [`${module}.weight`, module]));
  const readMerged = async (name: string): Promise<Float32Array> => {
    const module = changed.get(name);
    if (wholes.has(name)) return adapter.readF32(wholeName(name));
    if (module === undefined) return model.readF32(name);
    const [weight, a, b] = await Promise.all([
      model.readF32(name),
      adapter.readF32(aName(module)),
      adapter.readF32(bName(module)),
    ]);
    addLowRank(weight, { a, b, r: rankOf(adapter, module) }, options);
    return weight;
  };
  const isChanged = (name: string): boolean => changed.has(name) || wholes.has(name);
  const tensors = [...model.tensors.values()].map((tensor): [string, StoredTensor] => [
    tensor.name,
    isChanged(tensor.name)
      ? { ...tensor, elementType: 'f32', sizeBytes: 4 * elementCount(tensor.shape) }
      : tensor,
  ]);
  return {
    tensors: new Map(tensors),
    metadata: model.metadata,
    readF32: readMerged,
    readBytes: async (name) =>
      isChanged(name) ? new Uint8Array((await readMerged(name)).buffer) : model.readBytes(name),
  };
}

function rankOf(adapter: TensorReader, module: string): number {
  return adapter.tensors.get(aName(module))?.shape[0] ?? 0;
}

function requireFitting(
  model: TensorReader,
  adapter: TensorReader,
  module: string,
  layout: WeightLayout,
): void {
  const weight = model.tensors.get(`${module}.weight`)?.shape ?? [];
  const [rank, inFeatures] = adapter.tensors.get(aName(module))?.shape ?? [];
  const [outFeatures, sameRank] = adapter.tensors.get(bName(module))?.shape ?? [];
  const shape = layout === 'in-out' ? [inFeatures, outFeatures] : [outFeatures, inFeatures];
  if (rank === undefined || rank !== sameRank || weight.join() !== shape.join())
    refuse(`${module}.weight`, weight);
}

function requireSameShape(model: TensorReader, adapter: TensorReader, name: string): void {
  const shape = model.tensors.get(name)?.shape ?? [];
  if (shape.join() !== adapter.tensors.get(wholeName(name))?.shape.join()) refuse(name, shape);
}

function refuse(name: string, shape: readonly number[]): never {
  const found =
    shape.length > 0 ? `has "${name}" with shape [${shape.join(', ')}]` : `has no tensor "${name}"`;
  throw new EngineError('adapter-mismatch', `The model ${found}; the adapter is for another one.`, {
    hint: 'Choose the model that this adapter was trained on.',
  });
}
