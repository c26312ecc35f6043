// The one compute device of the engine process: opened for the first request that needs it, kept for those
// that follow, replaced when another one is asked for and nothing uses it. Counts finished reads, which is
// how main sees that the device works.

import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  chooseDevice,
  createCpuDevice,
  createWebgpuDevice,
  describeAdapters,
  type AdapterDescription,
  type Device,
} from '../../engine/index.ts';
import type { DeviceChoice } from '../../preload/contract.ts';
import { startCpuWorker } from './start-cpu-worker.ts';

export interface DevicePlatform {
  /** Opens WebGPU; only called when it may be used. */
  openGpu(): Promise<GPU>;
  /** Holds kernels.wasm and kernels.json. */
  readonly kernelsFolder: string;
  /** The script of a CPU worker thread. */
  readonly workerScript: string;
  /** Bytes of the computer's memory that a GPU without memory of its own may use. */
  readonly sharedMemoryBytes: number;
}

export interface ChosenDevice {
  readonly device: Device;
  /** Why this one, as a sentence. */
  readonly reason: string;
}

export class DeviceSlot {
  /** Grows whenever the device has finished something. */
  progress = 0;
  private readonly platform: DevicePlatform;
  private current: { key: string; chosen: ChosenDevice } | null = null;

  constructor(platform: DevicePlatform) {
    this.platform = platform;
  }

  /** The device for a choice; the one that was open before ends unless it is the same. */
  async acquire(choice: DeviceChoice): Promise<ChosenDevice> {
    const key = JSON.stringify(choice);
    if (this.current?.key === key) return this.current.chosen;
    await this.release();
    const chosen = await openDevice(choice, this.platform);
    const watched = this.watch(chosen.device);
    this.current = { key, chosen: { device: watched, reason: chosen.reason } };
    void watched.lost.then(() => {
      if (this.current?.chosen.device === watched) this.current = null;
    });
    return this.current.chosen;
  }

  /** The device that is open now, if any. */
  get open(): ChosenDevice | null {
    return this.current?.chosen ?? null;
  }

  async release(): Promise<void> {
    const device = this.current?.chosen.device;
    this.current = null;
    await device?.destroy();
  }

  private watch(device: Device): Device {
    return {
      info: device.info,
      limits: device.limits,
      counters: device.counters,
      lost: device.lost,
      createBuffer: (label, sizeBytes) => device.createBuffer(label, sizeBytes),
      destroyBuffer: (buffer) => device.destroyBuffer(buffer),
      write: (buffer, offsetBytes, data) => device.write(buffer, offsetBytes, data),
      read: async (buffer, offsetBytes, sizeBytes) => {
        const bytes = await device.read(buffer, offsetBytes, sizeBytes);
        this.progress++;
        return bytes;
      },
      prepare: (label, commands, kernels) => device.prepare(label, commands, kernels),
      submit: (program) => device.submit(program),
      releaseProgram: (program) => device.releaseProgram(program),
      destroy: () => device.destroy(),
    };
  }
}

/** Lists adapters; an empty list also where WebGPU itself cannot be loaded. */
export async function listAdapters(platform: DevicePlatform): Promise<AdapterDescription[]> {
  try {
    return await describeAdapters(await platform.openGpu());
  } catch {
    return [];
  }
}

async function openDevice(choice: DeviceChoice, platform: DevicePlatform): Promise<ChosenDevice> {
  const preference = choice.device === 'auto' && choice.adapter ? 'webgpu' : choice.device;
  const adapters = preference === 'cpu' ? [] : await listAdapters(platform);
  const { kind, reason } = chooseDevice(preference, adapters);
  if (kind === 'webgpu') {
    const gpu = await platform.openGpu();
    const { sharedMemoryBytes } = platform;
    const device = await createWebgpuDevice({ gpu, adapter: choice.adapter || undefined, sharedMemoryBytes });
    return { device, reason };
  }
  return { device: await openCpu(choice.threads, platform), reason };
}

async function openCpu(threads: number, { kernelsFolder, workerScript }: DevicePlatform): Promise<Device> {
  return createCpuDevice({
    wasm: await readFile(join(kernelsFolder, 'kernels.wasm')),
    description: JSON.parse(await readFile(join(kernelsFolder, 'kernels.json'), 'utf8')) as unknown,
    startWorker: () => startCpuWorker(pathToFileURL(workerScript)),
    threads: threads || availableParallelism(),
  });
}
