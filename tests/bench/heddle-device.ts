// Opens Heddle's own devices for the benchmarks: the built kernels on worker threads, or the adapter that the
// environment offers. HEDDLE_KERNELS names another folder of kernels, to compare two builds.

import { readFileSync } from 'node:fs';
import { createCpuDevice } from '../../engine/device/cpu/cpu-device.ts';
import type { Device, DeviceKind } from '../../engine/device/device.ts';
import { createWebgpuDevice } from '../../engine/device/webgpu/webgpu-device.ts';
import { startCpuWorker } from '../../main/engine-host/start-cpu-worker.ts';
import { openGpu } from '../setup/gpu.ts';

/** A device of one kind; the caller destroys it. */
export function openDevice(kind: DeviceKind, threads: number): Promise<Device> {
  if (kind === 'webgpu') return createWebgpuDevice({ gpu: openGpu() });
  const kernels = new URL(process.env.HEDDLE_KERNELS ?? '../../out/kernels/', import.meta.url);
  return createCpuDevice({
    wasm: readFileSync(new URL('kernels.wasm', kernels)),
    description: JSON.parse(readFileSync(new URL('kernels.json', kernels), 'utf8')) as unknown,
    startWorker: () => startCpuWorker(new URL('../../main/engine-host/cpu-worker.ts', import.meta.url)),
    threads,
  });
}
