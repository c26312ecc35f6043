// Speed of the CPU device's matrix product: GFLOP/s for the square that numpy is compared with and for the
// products of a shakespeare-char-small step. Needs built kernels; run from the project folder with
// `node --import ./tests/setup/raw-imports.mjs tests/bench/matmul.ts [THREADS]`.

import { readFileSync } from 'node:fs';
import { createCpuDevice } from '../../engine/device/cpu/cpu-device.ts';
import type { Device } from '../../engine/device/device.ts';
import { Executor } from '../../engine/graph/executor.ts';
import { makePlan } from '../../engine/graph/plan.ts';
import { Tape } from '../../engine/graph/tape.ts';
import { addToArena, createArena } from '../../engine/graph/tensor.ts';
import { matmulCommand } from '../../engine/ops/matmul/matmul.ts';
import { startCpuWorker } from '../../main/engine-host/start-cpu-worker.ts';

type Layout = 'NN' | 'NT' | 'TN';
type Shape = readonly [layout: Layout, m: number, n: number, k: number];

/** Rows 768 = batch 12 of 64 tokens, hidden size 128: forward, input gradients, weight gradients. */
const shapes: readonly Shape[] = [
  ['NN', 512, 512, 512],
  ['NT', 512, 512, 512],
  ['TN', 512, 512, 512],
  ['NN', 768, 384, 128],
  ['NN', 768, 128, 128],
  ['NN', 768, 512, 128],
  ['NN', 768, 128, 512],
  ['NT', 768, 128, 384],
  ['NT', 768, 128, 128],
  ['NT', 768, 512, 128],
  ['NT', 768, 128, 512],
  ['TN', 128, 384, 768],
  ['TN', 128, 128, 768],
  ['TN', 512, 128, 768],
  ['TN', 128, 512, 768],
];

/** The best rate of several rounds in GFLOP/s: other work on the machine only ever slows a round down. */
export async function matmulRate(device: Device, [layout, m, n, k]: Shape, rounds = 30): Promise<number> {
  const arena = createArena('operands');
  const a = addToArena(arena, 'a', [m, k]);
  const b = addToArena(arena, 'b', [k, n]);
  const c = addToArena(arena, 'c', [m, n]);
  const products = Math.max(1, Math.round(2e8 / (2 * m * n * k)));
  const tape = new Tape({ training: false });
  for (let i = 0; i < products; i++) {
    matmulCommand(tape, { a, b, c, m, n, k, transA: layout === 'TN', transB: layout === 'NT' });
  }
  const plan = makePlan(tape, device.limits.maxBindingBytes);
  const executor = await Executor.create(device, [arena], [plan]);
  executor.writeTensor(a, new Float32Array(m * k).fill(0.5));
  executor.writeTensor(b, new Float32Array(k * n).fill(0.25));
  const probe = { ...c, shape: [1] };
  let bestMs = Infinity;
  for (let round = 0; round < rounds; round++) {
    const startedMs = performance.now();
    executor.submit(plan, {});
    await executor.readTensor(probe);
    bestMs = Math.min(bestMs, performance.now() - startedMs);
  }
  executor.destroy();
  return (2 * m * n * k * products) / bestMs / 1e6;
}

if (import.meta.main) {
  const kernels = new URL('../../out/kernels/', import.meta.url);
  const device = await createCpuDevice({
    wasm: readFileSync(new URL('kernels.wasm', kernels)),
    description: JSON.parse(readFileSync(new URL('kernels.json', kernels), 'utf8')) as unknown,
    startWorker: () => startCpuWorker(new URL('../../main/engine-host/cpu-worker.ts', import.meta.url)),
    threads: Number(process.argv[2] ?? 2),
  });
  for (const shape of shapes) {
    const rate = await matmulRate(device, shape);
    process.stdout.write(`${shape.join(' ').padEnd(20)} ${rate.toFixed(1)} GFLOP/s\n`);
  }
  await device.destroy();
}
