// A tensor times a number, where no neighbouring operation can take the factor in.

import { defineKernel } from '../../graph/kernel.ts';
import type { Tape } from '../../graph/tape.ts';
import { sizeOf, type Tensor } from '../../graph/tensor.ts';
import source from './scale.wgsl?raw';

const elementsPerTile = 16_384;
const elementsPerWorkgroup = 1_024;

const scaleKernel = defineKernel({
  name: 'scale',
  bindings: { x: 'read', y: 'readwrite' },
  params: { count: 'u32', factor: 'f32', accumulate: 'u32' },
  cpu: {
    phases: ({ count }) => [{ function: 'scale', tiles: Math.ceil(count / elementsPerTile) }],
  },
  wgsl: {
    source,
    entryPoint: 'scale',
    workgroups: ({ count }) => Math.ceil(count / elementsPerWorkgroup),
  },
});

/** y = factor * x; x, y of one shape, f32. */
export function scale(tape: Tape, x: Tensor, factor: number): Tensor {
  const y = tape.activation(`scale(${x.name})`, x.shape);
  const count = sizeOf(x.shape);
  tape.run(scaleKernel, { x, y }, { count, factor, accumulate: 0 });
  tape.onBackward(() => {
    const dy = tape.gradientOf(y);
    if (!dy || !tape.wantsGradient(x)) return;
    const { gradient, accumulate } = tape.gradientForWriting(x);
    tape.run(scaleKernel, { x: dy, y: gradient }, { count, factor, accumulate: accumulate ? 1 : 0 });
  });
  return y;
}
