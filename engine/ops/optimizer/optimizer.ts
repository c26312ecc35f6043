// AdamW, Adam and SGD over flat arenas: one command for each window of an arena, whatever tensors lie in it.
// Parameters that decay stand first in their arena, so one number says which do.

import { defineKernel } from '../../graph/kernel.ts';
import { metricIndex, scalarIndex } from '../../graph/scalars.ts';
import type { Tape } from '../../graph/tape.ts';
import { sizeOf, type Tensor } from '../../graph/tensor.ts';
import { lanesOf } from '../parts/lanes.ts';
import { rowWindows } from '../parts/row-windows.ts';
import source from './optimizer.wgsl?raw';

const elementsPerTile = 16384;
const lanesPerWorkgroup = 1024;

/** What every rule takes. Tensors are flat (N) f32: element i of each belongs to parameter element i. */
export interface OptimizerOptions {
  readonly parameter: Tensor;
  readonly gradient: Tensor;
  /** Holds the clip scale; see gradient-norm. */
  readonly metrics: Tensor;
  /** Hold learning rate and bias corrections. */
  readonly scalars: Tensor;
  readonly weightDecay: number;
  /** How many elements at the start decay. */
  readonly decayElements: number;
}

export interface AdamOptions extends OptimizerOptions {
  /** First and second moment; zero before the first step. */
  readonly m: Tensor;
  readonly v: Tensor;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** True for AdamW, whose decay goes past the moments; false for Adam, whose decay is part of the gradient. */
  readonly isDecoupled: boolean;
}

export interface SgdOptions extends OptimizerOptions {
  /** Momentum buffer; zero before the first step. */
  readonly momentum: Tensor;
  /** How much of the buffer is kept in each step. */
  readonly factor: number;
}

interface WindowSize {
  readonly count: number;
  readonly decayElements: number;
}

function lanes({ count, decayElements }: WindowSize): 1 | 4 {
  return lanesOf(count, decayElements);
}

function workgroups(size: WindowSize): number {
  return Math.ceil(size.count / lanes(size) / lanesPerWorkgroup);
}

function defines(size: WindowSize, isAdam: boolean): Record<string, number | boolean> {
  return { ...scalarIndex, ...metricIndex, lanes: lanes(size), isWide: lanes(size) === 4, isAdam };
}

const adamKernel = defineKernel({
  name: 'adam',
  bindings: {
    parameters: 'readwrite',
    gradients: 'read',
    firstMoment: 'readwrite',
    secondMoment: 'readwrite',
    metrics: 'read',
    scalars: 'read',
  },
  params: {
    count: 'u32',
    decayElements: 'u32',
    isDecoupled: 'u32',
    beta2: 'f32',
    oneMinusBeta1: 'f32',
    oneMinusBeta2: 'f32',
    epsilon: 'f32',
    weightDecay: 'f32',
  },
  cpu: { phases: ({ count }) => [{ function: 'adam', tiles: Math.ceil(count / elementsPerTile) }] },
  wgsl: {
    source,
    entryPoint: 'optimizer',
    workgroups,
    defines: (size) => defines(size, true),
  },
});

const sgdKernel = defineKernel({
  name: 'sgd',
  bindings: {
    parameters: 'readwrite',
    gradients: 'read',
    momentumBuffer: 'readwrite',
    metrics: 'read',
    scalars: 'read',
  },
  params: { count: 'u32', decayElements: 'u32', momentum: 'f32', weightDecay: 'f32' },
  cpu: { phases: ({ count }) => [{ function: 'sgd', tiles: Math.ceil(count / elementsPerTile) }] },
  wgsl: { source, entryPoint: 'optimizer', workgroups, defines: (size) => defines(size, false) },
});

/**
 * Records one Adam step. With g the clipped gradient, AdamW first takes p -= lr wd p, Adam g += wd p; then
 * m += (1 - b1) (g - m), v = b2 v + (1 - b2) g^2, p -= lr / bc1 m / (sqrt(v) / sqrt(bc2) + epsilon).
 * As torch.optim.AdamW and torch.optim.Adam.
 */
export function adam(tape: Tape, options: AdamOptions): void {
  const { parameter, gradient, m, v, metrics, scalars, beta1, beta2, epsilon, weightDecay } = options;
  // 1 - beta is taken in f64, as PyTorch does.
  const rests = { oneMinusBeta1: 1 - beta1, oneMinusBeta2: 1 - beta2 };
  const isDecoupled = options.isDecoupled ? 1 : 0;
  const constants = { isDecoupled, beta2, ...rests, epsilon, weightDecay };
  for (const { size, tensors } of windows(tape, options, [parameter, gradient, m, v])) {
    const [parameters, gradients, firstMoment, secondMoment] = tensors;
    const bound = { parameters, gradients, firstMoment, secondMoment, metrics, scalars };
    tape.run(adamKernel, bound, { ...size, ...constants });
  }
}

/**
 * Records one step of gradient descent with momentum. With g the clipped gradient: g += wd p,
 * b = factor b + g, p -= lr b. As torch.optim.SGD without dampening.
 */
export function sgd(tape: Tape, options: SgdOptions): void {
  const { parameter, gradient, momentum, metrics, scalars, factor, weightDecay } = options;
  for (const { size, tensors } of windows(tape, options, [parameter, gradient, momentum])) {
    const [parameters, gradients, momentumBuffer] = tensors;
    const bound = { parameters, gradients, momentumBuffer, metrics, scalars };
    tape.run(sgdKernel, bound, { ...size, momentum: factor, weightDecay });
  }
}

/** Cuts flat tensors of one size into windows that each fit one binding. */
function windows(
  tape: Tape,
  options: OptimizerOptions,
  tensors: readonly Tensor[],
): { size: WindowSize; tensors: Tensor[] }[] {
  const counts = tensors.map((tensor) => sizeOf(tensor.shape));
  if (counts.some((count) => count !== counts[0])) {
    throw new Error(`the optimizer got tensors of ${counts.join(', ')} elements`);
  }
  const cut = tensors.map((tensor) => rowWindows(tensor, tape.maxBindingBytes));
  return cut[0]!.map(({ start, rows }, index) => ({
    size: { count: rows, decayElements: Math.min(Math.max(0, options.decayElements - start), rows) },
    tensors: cut.map((parts) => parts[index]!.tensor),
  }));
}
