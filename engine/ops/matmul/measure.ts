// The speed of a device in one figure: f32 matrix products of 512 x 512 x 512, for `heddle doctor` and the
// bench. Computes with zeros; dense kernels take the same time for any values.

import type { Device } from '../../device/device.ts';
import { Executor } from '../../graph/executor.ts';
import { makePlan } from '../../graph/plan.ts';
import { Tape } from '../../graph/tape.ts';
import { addToArena, createArena, type Tensor } from '../../graph/tensor.ts';
import { linear } from './matmul.ts';

const size = 512;
const productsPerPlan = 8;
const rounds = 5;

/** GFLOP/s of the best of a few rounds, each long enough that starting it does not count. `now` in ms. */
export async function measureMatmulGflops(device: Device, now: () => number): Promise<number> {
  const arena = createArena('matmul');
  const weight = addToArena(arena, 'weight', [size, size]);
  const tape = new Tape({ training: false, maxBindingBytes: device.limits.maxBindingBytes });
  let x: Tensor = tape.input('x', [size, size], 'f32');
  for (let i = 0; i < productsPerPlan; i++) x = linear(tape, x, weight, { layout: 'in-out' });
  // Waiting for one row is waiting for all of it.
  const probe = addToArena(arena, 'probe', [1]);
  const plan = makePlan(tape, device.limits.maxBindingBytes);
  const executor = await Executor.create(device, [arena], [plan]);
  try {
    const inputs = { x: new Float32Array(size * size) };
    let bestMs = Infinity;
    for (let round = 0; round < rounds; round++) {
      const startMs = now();
      executor.submit(plan, inputs);
      await executor.readTensor(probe);
      // The first round makes caches warm and does not count.
      if (round > 0) bestMs = Math.min(bestMs, now() - startMs);
    }
    return (2 * size ** 3 * productsPerPlan) / (bestMs * 1e6);
  } finally {
    executor.destroy();
  }
}
