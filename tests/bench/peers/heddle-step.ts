// Heddle's own training step in a process of its own, measured exactly as the peers are.
// Arguments: the workload's folder, `cpu` or `webgpu`, threads, and `matmul` to measure products first.

import type { DeviceKind } from '../../../engine/device/device.ts';
import { measureMatmulGflops } from '../../../engine/ops/matmul/measure.ts';
import { openDevice } from '../heddle-device.ts';
import { openOwnRun } from '../own-run.ts';
import { serveSteps } from './serve-steps.ts';
import { openWorkload } from './workload-files.ts';

const [folder = '', kind = 'cpu', threads = '2', withMatmul] = process.argv.slice(2);
const device = await openDevice(kind as DeviceKind, Number(threads));
const matmulGflops =
  withMatmul === 'matmul' ? await measureMatmulGflops(device, () => performance.now()) : undefined;
const run = await openOwnRun(device, openWorkload(folder));
await serveSteps({ description: `Heddle, ${device.info.name}`, matmulGflops }, (index) => run.step(index));
