// Element-wise addition into a tensor, and how a gradient passes through an addition. Models never add
// tensors with a kernel of its own: residuals are added where matrix products store their results.

import { defineKernel } from '../../graph/kernel.ts';
import type { Tape } from '../../graph/tape.ts';
import { sizeOf, type Tensor } from '../../graph/tensor.ts';
import source from './add.wgsl?raw';

const elementsPerTile = 16384;
const elementsPerWorkgroup = 1024;

const addKernel = defineKernel({
  name: 'add',
  bindings: { source: 'read', destination: 'readwrite' },
  params: { count: 'u32', accumulate: 'u32' },
  cpu: {
    phases: ({ count }) => [{ function: 'add', tiles: Math.ceil(count / elementsPerTile) }],
  },
  wgsl: {
    source,
    entryPoint: 'add',
    workgroups: ({ count }) => Math.ceil(count / elementsPerWorkgroup),
  },
});

/**
 * Records `destination (+)= source`, element by element: adds when `accumulate`, copies otherwise.
 * Both f32 with the same number of elements; they must not overlap.
 */
export function addInto(tape: Tape, source: Tensor, destination: Tensor, accumulate: boolean): void {
  const count = sizeOf(source.shape);
  if (sizeOf(destination.shape) !== count) {
    throw new Error(`cannot add ${source.name} of ${count} elements to ${destination.name}`);
  }
  tape.run(addKernel, { source, destination }, { count, accumulate: accumulate ? 1 : 0 });
}

/**
 * Passes `from`'s finished gradient on to `to`, where `from = to + other`: d(to) (+)= d(from).
 * Call it in the addition's backward step after every command that reads d(from) has been recorded: when
 * nothing has reached `to` before, both share one tensor, and later gradients of `to` are added into it.
 */
export function flowThrough(tape: Tape, from: Tensor, to: Tensor): void {
  const gradient = tape.gradientOf(from);
  if (gradient === null || !tape.wantsGradient(to)) return;
  // A parameter's gradient has a home of its own and cannot be another tensor.
  if (to.storage.kind !== 'arena' && tape.gradientOf(to) === null) {
    tape.shareGradient(from, to);
    return;
  }
  const written = tape.gradientForWriting(to);
  addInto(tape, gradient, written.gradient, written.accumulate);
}
