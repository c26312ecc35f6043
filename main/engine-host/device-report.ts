// What `heddle doctor` and the device page show: adapters, the device that a choice means and why, memory,
// and what to install where a GPU cannot be used.

import { availableParallelism, cpus, totalmem } from 'node:os';
import { measureMatmulGflops, type AdapterDescription } from '../../engine/index.ts';
import type { DeviceChoice, DeviceReport } from '../../preload/contract.ts';
import { listAdapters, type ChosenDevice, type DevicePlatform } from './device-slot.ts';
import { gpuAdvice } from './gpu-advice.ts';

/** Lists what there is and measures the device that was opened for `choice`. */
export async function reportDevice(
  choice: DeviceChoice,
  { device, reason }: ChosenDevice,
  platform: DevicePlatform,
): Promise<DeviceReport> {
  const adapters = await listAdapters(platform);
  return {
    chosen: {
      kind: device.info.kind,
      name: device.info.name,
      reason,
      memoryBytes: device.limits.memoryBytes,
    },
    adapters: adapters.map(describe),
    cpu: {
      model: cpus()[0]?.model.trim() ?? 'unknown',
      cores: availableParallelism(),
      threads: choice.threads || availableParallelism(),
      memoryBytes: totalmem(),
    },
    matmulGflops: await measureMatmulGflops(device, () => performance.now()),
    advice: gpuAdvice(adapters.some(({ isSoftware }) => !isSoftware)),
  };
}

function describe(adapter: AdapterDescription): DeviceReport['adapters'][number] {
  const { name, vendor, architecture, driver, isSoftware, features, maxBindingBytes, maxBufferBytes } =
    adapter;
  const limits = { maxBindingBytes, maxBufferBytes };
  return { name, vendor, architecture, driver, isSoftware, features: [...features], limits };
}
