// Dropout added to the residual stream. The mask comes from counter-based random numbers keyed by the
// step's random key, this operation's stream and the element, so it is drawn again instead of stored.

import { defineKernel } from '../../graph/kernel.ts';
import { scalarIndex } from '../../graph/scalars.ts';
import type { Tape } from '../../graph/tape.ts';
import { sizeOf, type Tensor } from '../../graph/tensor.ts';
import { flowThrough } from '../add/add.ts';
import { dropoutThreshold, philoxWgsl } from '../random/random.ts';
import dropoutSource from './dropout.wgsl?raw';

const elementsPerTile = 4096;
const elementsPerWorkgroup = 512;
const blockBytes = 64;

const dropoutKernel = defineKernel({
  name: 'dropout',
  bindings: { x: 'read', residual: 'read?', scalars: 'read', y: 'readwrite' },
  params: { count: 'u32', stream: 'u32', threshold: 'u32', scale: 'f32', accumulate: 'u32' },
  cpu: {
    phases: ({ count }) => [{ function: 'dropout', tiles: Math.ceil(count / elementsPerTile) }],
    threadScratchBytes: () => blockBytes,
  },
  wgsl: {
    source: philoxWgsl + dropoutSource,
    entryPoint: 'dropout',
    workgroups: ({ count }) => Math.ceil(count / elementsPerWorkgroup),
    defines: () => ({ keyLow: scalarIndex.randomKeyLow, keyHigh: scalarIndex.randomKeyHigh }),
  },
});

/**
 * y = residual + mask * x / (1 - probability); the mask is 1 with probability 1 - `probability`.
 * x, residual (or null), y of one shape, f32; scalars (8) u32 hold the random key. Outside training and for
 * probability 0 nothing is dropped: x itself is returned where there is no residual.
 * Throws `dropout-out-of-range` unless 0 <= probability < 1. As torch.nn.functional.dropout.
 */
export function dropoutAdd(
  tape: Tape,
  x: Tensor,
  residual: Tensor | null,
  probability: number,
  scalars: Tensor,
): Tensor {
  const dropsNothing = !tape.training || probability === 0;
  if (dropsNothing && residual === null) return x;
  const y = tape.activation(`dropout(${x.name})`, x.shape);
  const constants = {
    count: sizeOf(x.shape),
    stream: dropsNothing ? 0 : tape.nextRandomStream(),
    threshold: dropsNothing ? 0 : dropoutThreshold(probability),
    scale: dropsNothing ? 1 : 1 / (1 - probability),
  };
  tape.run(dropoutKernel, { x, residual, scalars, y }, { ...constants, accumulate: 0 });
  tape.onBackward(() => {
    const dy = tape.gradientOf(y);
    if (!dy) return;
    if (tape.wantsGradient(x)) {
      const { gradient, accumulate } = tape.gradientForWriting(x);
      const backward = { ...constants, accumulate: accumulate ? 1 : 0 };
      tape.run(dropoutKernel, { x: dy, scalars, y: gradient }, backward);
    }
    if (residual !== null) flowThrough(tape, y, residual);
  });
  return y;
}
