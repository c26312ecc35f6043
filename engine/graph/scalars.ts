// The few numbers that change from step to step while the plan stays the same.
// They travel as one input tensor, so no kernel needs a special way to receive them.

import type { Tape } from './tape.ts';
import type { Tensor } from './tensor.ts';

/** Positions in the `scalars` tensor (u32 words; real numbers are stored as their f32 bits). */
export const scalarIndex = {
  /** f32: this step's learning rate. */
  learningRate: 0,
  /**
   * f32: one over the token weight of the whole optimizer step, over all its micro-steps; where activations are f16,
   * times the factor that keeps their gradients from vanishing.
   */
  lossScale: 1,
  /** u32, u32: key of this micro-step's random numbers. */
  randomKeyLow: 2,
  randomKeyHigh: 3,
  /** f32: 1 - beta1^step and 1 - beta2^step. */
  biasCorrection1: 4,
  biasCorrection2: 5,
  /** f32: one over that factor; read only where there is one. */
  unscale: 6,
} as const;

export const scalarCount = 8;

export type ScalarName = keyof typeof scalarIndex;

const wholeNumbers: ReadonlySet<ScalarName> = new Set<ScalarName>(['randomKeyLow', 'randomKeyHigh']);

/** The tape's scalars input: (8) u32. */
export function scalarsInput(tape: Tape): Tensor {
  return tape.input('scalars', [scalarCount], 'u32');
}

/** Packs named scalars into the words a plan reads; those not given are zero. */
export function packScalars(values: Partial<Record<ScalarName, number>>): Uint32Array {
  const words = new Uint32Array(scalarCount);
  const reals = new Float32Array(words.buffer);
  for (const [name, value] of Object.entries(values) as [ScalarName, number][]) {
    if (wholeNumbers.has(name)) words[scalarIndex[name]] = value;
    else reals[scalarIndex[name]] = value;
  }
  return words;
}

/**
 * Positions in the `metrics` output that every plan with a loss writes: (8) f32.
 * A host reads the whole tensor once per micro-step.
 */
export const metricIndex = {
  /** Sum of weighted token losses of this micro-step, in nats. */
  lossSum: 0,
  /** Euclidean norm of all gradients before clipping. */
  gradNorm: 1,
  /** Factor the gradients were multiplied with; 0 when the norm was not finite and the step was skipped. */
  clipScale: 2,
} as const;

export const metricCount = 8;

/** The tape's metrics output: (8) f32. */
export function metricsOutput(tape: Tape): Tensor {
  return tape.outputs.get('metrics') ?? tape.output('metrics', [metricCount]);
}
