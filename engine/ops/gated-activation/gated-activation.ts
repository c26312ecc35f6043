// The gate of SwiGLU-like feed-forward layers. Gate and up projection come as one matrix product, side by
// side in each row; nothing but x is kept for the backward pass.

import type { HiddenAct } from '../../config.ts';
import { defineKernel } from '../../graph/kernel.ts';
import type { Tape } from '../../graph/tape.ts';
import { sizeOf, type Tensor } from '../../graph/tensor.ts';
import { activationKinds, activationWgsl } from '../activation/activation.ts';
import { laneDefines, lanesOf } from '../parts/lanes.ts';
import gatedSource from './gated-activation.wgsl?raw';

const rowsPerTile = 16;
const lanesPerWorkgroup = 256;
const source = activationWgsl + gatedSource;

function workgroups({ rows, size }: { rows: number; size: number }): number {
  return Math.ceil((rows * size) / lanesOf(size) / lanesPerWorkgroup);
}

const gatedActivationKernel = defineKernel({
  name: 'gatedActivation',
  bindings: { x: 'read', y: 'write' },
  params: { rows: 'u32', size: 'u32', activation: 'u32' },
  cpu: {
    phases: ({ rows }) => [{ function: 'gatedActivation', tiles: Math.ceil(rows / rowsPerTile) }],
  },
  wgsl: {
    source,
    entryPoint: 'gatedActivation',
    workgroups,
    defines: ({ size }) => ({ ...laneDefines(size), isBackward: false }),
  },
});

const gatedActivationBackwardKernel = defineKernel({
  name: 'gatedActivationBackward',
  bindings: { x: 'read', dy: 'read', dx: 'readwrite' },
  params: { rows: 'u32', size: 'u32', activation: 'u32', accumulate: 'u32' },
  cpu: {
    phases: ({ rows }) => [{ function: 'gatedActivationBackward', tiles: Math.ceil(rows / rowsPerTile) }],
  },
  wgsl: {
    source,
    entryPoint: 'gatedActivation',
    workgroups,
    defines: ({ size }) => ({ ...laneDefines(size), isBackward: true }),
  },
});

/**
 * y = activation(gate) * up with x = [gate | up] in each row.
 * x (M, 2 I) f32, y (M, I) f32; dx = [dy * up * activation'(gate) | dy * activation(gate)].
 * SwiGLU for `silu` (Shazeer, "GLU variants improve transformer", 2020).
 */
export function gatedActivation(tape: Tape, x: Tensor, activation: HiddenAct): Tensor {
  const size = (x.shape.at(-1) ?? 0) / 2;
  if (!Number.isInteger(size)) throw new Error(`rows of ${x.name} do not halve into gate and up`);
  const rows = sizeOf(x.shape) / (2 * size);
  const y = tape.activation(`gated(${x.name})`, [...x.shape.slice(0, -1), size]);
  const constants = { rows, size, activation: activationKinds[activation] };
  tape.run(gatedActivationKernel, { x, y }, constants);
  tape.onBackward(() => {
    const dy = tape.gradientOf(y);
    if (!dy || !tape.wantsGradient(x)) return;
    const { gradient, accumulate } = tape.gradientForWriting(x);
    const backward = { ...constants, accumulate: accumulate ? 1 : 0 };
    tape.run(gatedActivationBackwardKernel, { x, dy, dx: gradient }, backward);
  });
  return y;
}
