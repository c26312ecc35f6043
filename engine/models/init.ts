// The values a new model starts with: normal matrices, ones and zeros, and the constants kernels read.

import type { Executor } from '../graph/executor.ts';
import { sizeOf } from '../graph/tensor.ts';
import { fillNormal, randomKey } from '../random.ts';
import type { Model } from './decoder.ts';

/** Writes a model's constants to the device. */
export function writeConstants(executor: Executor, model: Model): void {
  for (const { tensor, values } of model.constants) executor.writeTensor(tensor, values);
}

/** Writes initial values, the same for the same seed on every device. */
export function initializeParameters(executor: Executor, model: Model, seed: number): void {
  let index = 0;
  for (const { parts } of model.parameters.byKey.values()) {
    for (const { tensor, initial } of parts) {
      const values = new Float32Array(sizeOf(tensor.shape));
      if (initial.kind === 'ones') values.fill(1);
      if (initial.kind === 'normal') {
        fillNormal(values, initial.standardDeviation, randomKey(seed, 'initialWeights', index));
      }
      executor.writeTensor(tensor, values);
      index++;
    }
  }
}
