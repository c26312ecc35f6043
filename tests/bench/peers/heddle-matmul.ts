// Heddle's matrix product in a process of its own; a step is a row of products of the same two matrices.
// Arguments: threads, rows and columns, products a step.

import { Executor } from '../../../engine/graph/executor.ts';
import { makePlan } from '../../../engine/graph/plan.ts';
import { Tape } from '../../../engine/graph/tape.ts';
import { addToArena, createArena, rowsOf } from '../../../engine/graph/tensor.ts';
import { matmulCommand } from '../../../engine/ops/matmul/matmul.ts';
import { openDevice } from '../heddle-device.ts';
import { serveSteps } from './serve-steps.ts';

const [threads, size, products] = process.argv.slice(2).map(Number) as [number, number, number];
const device = await openDevice('cpu', threads);
const arena = createArena('matrices');
const shape = [size, size];
const a = addToArena(arena, 'a', shape);
const b = addToArena(arena, 'b', shape);
const c = addToArena(arena, 'c', shape);
const tape = new Tape({ training: false });
for (let i = 0; i < products; i++) matmulCommand(tape, { a, b, c, m: size, n: size, k: size });
const plan = makePlan(tape, device.limits.maxBindingBytes);
const executor = await Executor.create(device, [arena], [plan]);
/** The values that numpy_matmul.py makes: exact in f32 and of both signs. */
const values = (step: number): Float32Array =>
  Float32Array.from({ length: size * size }, (_, i) => ((i * step) % 17) / 16 - 0.5);
executor.writeTensor(a, values(7));
executor.writeTensor(b, values(11));
await serveSteps({ description: device.info.name }, async () => {
  executor.submit(plan, {});
  // Its last row stands for the product: reading all of it would be measured too.
  const row = new Float32Array(await executor.readTensor(rowsOf(c, size - 1, size)));
  return row.reduce((sum, value, i) => sum + value * (i % 3), 0);
});
