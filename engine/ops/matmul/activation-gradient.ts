// The gradient through an activation as a kernel of its own, for a linear layer with an activation that no
// second product follows. Feed-forward blocks never need it: their products do it as they store.

import { defineKernel } from '../../graph/kernel.ts';
import type { Tape } from '../../graph/tape.ts';
import { sizeOf, type Tensor } from '../../graph/tensor.ts';
import source from './activation-gradient.wgsl?raw';

const elementsPerTile = 4096;
const elementsPerWorkgroup = 256;

const activationGradientKernel = defineKernel({
  name: 'activationGradient',
  bindings: { dy: 'read', slope: 'read', dPre: 'write' },
  params: { count: 'u32' },
  cpu: {
    phases: ({ count }) => [{ function: 'activationGradient', tiles: Math.ceil(count / elementsPerTile) }],
  },
  wgsl: {
    source,
    entryPoint: 'activationGradient',
    workgroups: ({ count }) => Math.ceil(count / elementsPerWorkgroup),
  },
});

/** Records dPre = dy * slope, element by element; all f32 of one size. */
export function activationGradient(tape: Tape, tensors: { dy: Tensor; slope: Tensor; dPre: Tensor }): void {
  tape.run(activationGradientKernel, tensors, { count: sizeOf(tensors.dPre.shape) });
}
