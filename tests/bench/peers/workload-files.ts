// Reads a workload's folder in a measured process: settings, initial weights and token batches.
// Must import nothing of the engine but types: peers pay for no module that they do not use.

import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { Workload } from '../workload.ts';

/** The tokens of one step and those that follow them, row after row: (B*T) each. */
export interface TokenBatch {
  readonly ids: Uint32Array<ArrayBuffer>;
  readonly targets: Uint32Array<ArrayBuffer>;
}

export interface WorkloadFiles {
  readonly workload: Workload;
  /** Calls `take` with each tensor's values in order; at most one is in memory at a time. */
  readWeights(
    take: (name: string, shape: readonly number[], values: Float32Array<ArrayBuffer>) => void,
  ): void;
  /** The batch of a step, counted from 0. */
  batch(step: number): TokenBatch;
}

/** Opens the folder that `writeWorkload` made. */
export function openWorkload(folder: string): WorkloadFiles {
  const workload = JSON.parse(readFileSync(join(folder, 'workload.json'), 'utf8')) as Workload;
  const { batchSize, length, batchCount, tensors } = workload;
  const bytes = readFileSync(join(folder, 'tokens.u32'));
  const tokens = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  return {
    workload,
    readWeights(take) {
      const file = openSync(join(folder, 'weights.f32'), 'r');
      for (const { name, shape } of tensors) {
        const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
        readSync(file, values, 0, values.byteLength, null);
        take(name, shape, values);
      }
      closeSync(file);
    },
    batch(step) {
      const ids = new Uint32Array(batchSize * length);
      const targets = new Uint32Array(ids.length);
      for (let row = 0; row < batchSize; row++) {
        const start = ((step % batchCount) * batchSize + row) * (length + 1);
        ids.set(tokens.subarray(start, start + length), row * length);
        targets.set(tokens.subarray(start + 1, start + length + 1), row * length);
      }
      return { ids, targets };
    },
  };
}
