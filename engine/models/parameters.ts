// Lays a model's parameters out in flat arenas, so that optimizer and gradient norm run over a few ranges.
// Matrices that weight decay applies to come first; frozen parameters have an arena of their own,
// without gradient or optimizer state. Parts carry Hugging Face's names and are what files hold.

import { addToArena, createArena, sizeOf, type Arena, type Tensor } from '../graph/tensor.ts';

/** How a part's values start. */
export type Initial =
  | { kind: 'normal'; standardDeviation: number }
  /** Evenly between -bound and bound. */
  | { kind: 'uniform'; bound: number }
  | { kind: 'zeros' }
  | { kind: 'ones' };

/** One tensor of a file: parts of a parameter lie one after another in its memory. */
export interface PartSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly initial: Initial;
}

/** One tensor that kernels bind: a single part, or several that are computed with as one. */
export interface ParameterSpec {
  /** The key by which the model function asks for it. */
  readonly key: string;
  readonly shape: readonly number[];
  /** Whether weight decay applies: true for matrices, false for norms and biases. */
  readonly decays: boolean;
  /** Whether it is no weight of the model itself but added beside one (LoRA). */
  readonly isAdapter?: boolean;
  /** Whether it keeps its values whatever is trained: a buffer of the model. */
  readonly isFixed?: boolean;
  readonly parts: readonly PartSpec[];
}

export interface Part extends PartSpec {
  /** Over the parameter's own memory, for reading and writing values. */
  readonly tensor: Tensor;
}

export interface Parameter {
  readonly spec: ParameterSpec;
  readonly tensor: Tensor;
  readonly gradient: Tensor | null;
  readonly parts: readonly Part[];
}

/** Values that kernels read and nothing trains, such as rotary frequencies. */
export interface Constant {
  readonly tensor: Tensor;
  /** Made when a device is to hold them: planning needs none. */
  readonly values: () => Float32Array;
}

export interface ModelParameters {
  readonly byKey: ReadonlyMap<string, Parameter>;
  readonly trainable: Arena;
  readonly frozen: Arena;
  readonly constantsArena: Arena;
  /** Same layout as `trainable`; null for inference. */
  readonly gradients: Arena | null;
  /** The first elements of `trainable` that weight decay applies to. */
  readonly decayElements: number;
}

/**
 * Gives every parameter its place. `isFrozen` says which parameters keep their values in training;
 * without `training` there are no gradients and everything is simply held.
 */
export function layoutParameters(
  specs: readonly ParameterSpec[],
  options: { training: boolean; isFrozen?: (spec: ParameterSpec) => boolean },
): ModelParameters {
  const trainable = createArena('parameters');
  const frozen = createArena('frozen parameters');
  const gradients = options.training ? createArena('gradients') : null;
  const byKey = new Map<string, Parameter>();
  let decayElements = 0;
  for (const spec of [...specs].sort((a, b) => Number(b.decays) - Number(a.decays))) {
    const isFrozen = spec.isFixed ?? options.isFrozen?.(spec) ?? false;
    const tensor = addToArena(isFrozen ? frozen : trainable, spec.key, spec.shape);
    const gradient = gradients && !isFrozen ? addToArena(gradients, `d(${spec.key})`, spec.shape) : null;
    byKey.set(spec.key, { spec, tensor, gradient, parts: partsOf(spec, tensor) });
    if (spec.decays) decayElements = trainable.sizeElements;
  }
  return { byKey, trainable, frozen, gradients, decayElements, constantsArena: createArena('constants') };
}

/** Elements of all parts: what people mean by the number of parameters. */
export function parameterCount(specs: readonly ParameterSpec[]): number {
  return specs.reduce((sum, spec) => sum + sizeOf(spec.shape), 0);
}

function partsOf(spec: ParameterSpec, tensor: Tensor): Part[] {
  if (tensor.storage.kind !== 'arena') throw new Error(`${spec.key} is not in an arena`);
  const { arena, offsetElements: start } = tensor.storage;
  let offsetElements = start;
  const parts = spec.parts.map((part) => {
    const view: Tensor = {
      name: part.name,
      shape: part.shape,
      elementType: tensor.elementType,
      storage: { kind: 'arena', arena, offsetElements },
    };
    offsetElements += sizeOf(part.shape);
    return { ...part, tensor: view };
  });
  if (offsetElements - start !== sizeOf(spec.shape)) {
    throw new Error(`the parts of ${spec.key} do not fill its shape [${spec.shape.join(', ')}]`);
  }
  return parts;
}
