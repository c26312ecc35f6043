// Sets a tensor to one value: where a gradient must be whole although nothing names all of its rows.

import { defineKernel } from '../../graph/kernel.ts';
import type { Tape } from '../../graph/tape.ts';
import { sizeOf, type Tensor } from '../../graph/tensor.ts';
import { laneDefines, lanesOf } from '../parts/lanes.ts';
import source from './fill.wgsl?raw';

const elementsPerTile = 65536;
const lanesPerWorkgroup = 1024;

const fillKernel = defineKernel({
  name: 'fill',
  bindings: { y: 'write' },
  params: { count: 'u32', value: 'f32' },
  cpu: {
    phases: ({ count }) => [{ function: 'fill', tiles: Math.ceil(count / elementsPerTile) }],
  },
  wgsl: {
    source,
    entryPoint: 'fill',
    workgroups: ({ count }) => Math.ceil(count / lanesOf(count) / lanesPerWorkgroup),
    defines: ({ count }) => laneDefines(count),
  },
});

/** Records y = value for every element. y of any shape, f32. */
export function fill(tape: Tape, y: Tensor, value: number): void {
  tape.run(fillKernel, { y }, { count: sizeOf(y.shape), value });
}
