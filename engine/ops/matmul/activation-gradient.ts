// The derivative of an activation as a kernel of its own, for a linear layer with an activation that no
// second product follows. Feed-forward blocks never need it: their products do it as they store.

import type { HiddenAct } from '../../config.ts';
import { defineKernel } from '../../graph/kernel.ts';
import type { Tape } from '../../graph/tape.ts';
import { sizeOf, type Tensor } from '../../graph/tensor.ts';
import { activationKinds, activationWgsl } from '../activation/activation.ts';
import source from './activation-gradient.wgsl?raw';

const elementsPerTile = 4096;
const elementsPerWorkgroup = 256;

const activationGradientKernel = defineKernel({
  name: 'activationGradient',
  bindings: { dy: 'read', preActivation: 'read', dPre: 'write' },
  params: { count: 'u32', activation: 'u32' },
  cpu: {
    phases: ({ count }) => [{ function: 'activationGradient', tiles: Math.ceil(count / elementsPerTile) }],
  },
  wgsl: {
    source: `${activationWgsl}\n${source}`,
    entryPoint: 'activationGradient',
    workgroups: ({ count }) => Math.ceil(count / elementsPerWorkgroup),
  },
});

/** Records dPre = dy * act'(preActivation), element by element; all f32 of one size. */
export function activationGradient(
  tape: Tape,
  { activation, ...tensors }: { dy: Tensor; preActivation: Tensor; dPre: Tensor; activation: HiddenAct },
): void {
  const count = sizeOf(tensors.dPre.shape);
  tape.run(activationGradientKernel, tensors, { count, activation: activationKinds[activation] });
}
