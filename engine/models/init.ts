// The values a new model starts with: normal matrices, ones and zeros, and the constants kernels read.

import type { Executor } from '../graph/executor.ts';
import { sizeOf } from '../graph/tensor.ts';
import { fillNormal, fillUniform, randomKey } from '../random.ts';
import type { Model } from './model.ts';
import type { Parameter } from './parameters.ts';

/** Values between looks at the clock: some milliseconds of work. */
const pieceSize = 65_536;
/** Work between turns of the event loop, in which the process answers and hears that it should stop. */
const yieldAfterMs = 40;

/** Writes a model's constants to the device. */
export function writeConstants(executor: Executor, model: Model): void {
  for (const { tensor, values } of model.constants) executor.writeTensor(tensor, values());
}

/**
 * Writes initial values, the same for the same seed on every device. Lets the event loop turn while it works, and
 * ends there, with the rest unwritten, once `isStopped` says so.
 */
export async function initializeParameters(
  executor: Executor,
  model: Model,
  seed: number,
  isStopped: () => boolean = () => false,
  isWanted: (parameter: Parameter) => boolean = () => true,
): Promise<void> {
  let lastYieldMs = performance.now();
  let index = 0;
  for (const parameter of model.parameters.byKey.values()) {
    for (const { tensor, initial } of parameter.parts) {
      // Each part has numbers of its own, whatever else is wanted.
      const part = index++;
      if (!isWanted(parameter)) continue;
      const values = new Float32Array(sizeOf(tensor.shape));
      if (initial.kind === 'ones') values.fill(1);
      if (initial.kind === 'normal' || initial.kind === 'uniform') {
        const key = randomKey(seed, 'initialWeights', part);
        for (let first = 0; first < values.length; first += pieceSize) {
          const piece = values.subarray(first, first + pieceSize);
          if (initial.kind === 'normal') fillNormal(piece, initial.standardDeviation, key, first);
          else fillUniform(piece, initial.bound, key, first);
          if (performance.now() - lastYieldMs < yieldAfterMs) continue;
          await new Promise<void>((resolve) => setTimeout(resolve, 0));
          if (isStopped()) return;
          lastYieldMs = performance.now();
        }
      }
      executor.writeTensor(tensor, values);
    }
  }
}
