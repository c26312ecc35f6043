// Runs one suite on the CPU device and on the WebGPU device. A missing adapter fails, it never skips.
// One device of each kind serves a whole test file; it is destroyed after the file's last test.

import { existsSync, readFileSync } from 'node:fs';
import { afterAll, describe } from 'vitest';
import { createCpuDevice } from '../../engine/device/cpu/cpu-device.ts';
import type { Device, DeviceKind } from '../../engine/device/device.ts';
import { createWebgpuDevice } from '../../engine/device/webgpu/webgpu-device.ts';
import { startCpuWorker } from '../../main/engine-host/start-cpu-worker.ts';
import { openGpu } from '../setup/gpu.ts';

/** Gives the file's device of one kind, made when first asked for. */
export type MakeDevice = () => Promise<Device>;

const builtKernels = new URL('../../out/kernels/', import.meta.url);
const workerSource = new URL('../../main/engine-host/cpu-worker.ts', import.meta.url);

/** Describes `suite` once for each kind of device, and on WebGPU once for each form of the kernels. */
export function onEachDevice(suite: (makeDevice: MakeDevice, kind: DeviceKind) => void): void {
  onCpuDevice(suite);
  onWebgpuDevice(suite);
}

/** Describes `suite` for the CPU device and for WebGPU with the kernels of this adapter: for long suites. */
export function onCpuAndWebgpu(suite: (makeDevice: MakeDevice, kind: DeviceKind) => void): void {
  onCpuDevice(suite);
  describeOn('webgpu', () => makeWebgpuDevice(), suite);
}

/**
 * All cases on the CPU, and those that show the most on WebGPU: a software adapter compiles each new shape for
 * seconds, and every operation is tested there by itself.
 */
export function casesFor<T>(kind: DeviceKind, all: readonly T[], isShownOnWebgpu: (one: T) => boolean): T[] {
  return kind === 'cpu' ? [...all] : all.filter(isShownOnWebgpu);
}

/** Describes `suite` for the CPU device alone. */
export function onCpuDevice(suite: (makeDevice: MakeDevice, kind: DeviceKind) => void): void {
  describeOn('cpu', () => makeCpuDevice(2), suite);
}

/**
 * Describes `suite` for the WebGPU device alone, once with the kernels for software adapters and once with
 * those for GPUs: the adapter of most test machines is software, and would never run the others.
 */
export function onWebgpuDevice(suite: (makeDevice: MakeDevice, kind: DeviceKind) => void): void {
  describeOn('webgpu', () => makeWebgpuDevice('software'), suite, 'webgpu, kernels for software');
  onKernelsForGpus(suite);
}

/** Describes `suite` for the WebGPU device with the kernels for GPUs, which a software adapter compiles slowly. */
export function onKernelsForGpus(suite: (makeDevice: MakeDevice, kind: DeviceKind) => void): void {
  describeOn('webgpu', () => makeWebgpuDevice('hardware'), suite, 'webgpu, kernels for GPUs');
}

/** A CPU device of the built kernels; the caller destroys it. */
export function makeCpuDevice(threads: number, maxMemoryBytes?: number): Promise<Device> {
  const module = new URL('kernels.wasm', builtKernels);
  if (!existsSync(module)) throw new Error(`${module.pathname} is missing; build the kernels first`);
  return createCpuDevice({
    wasm: readFileSync(module),
    description: JSON.parse(readFileSync(new URL('kernels.json', builtKernels), 'utf8')) as unknown,
    startWorker: () => startCpuWorker(workerSource),
    threads,
    maxMemoryBytes,
  });
}

/** A device on the adapter that the environment offers; the caller destroys it. */
export function makeWebgpuDevice(kernelsFor?: 'software' | 'hardware'): Promise<Device> {
  return createWebgpuDevice({ gpu: openGpu(), kernelsFor });
}

function describeOn(
  kind: DeviceKind,
  make: MakeDevice,
  suite: (makeDevice: MakeDevice, kind: DeviceKind) => void,
  title: string = kind,
): void {
  describe(`on ${title}`, () => {
    let device: Promise<Device> | null = null;
    afterAll(async () => {
      await (await device?.catch(() => null))?.destroy();
    });
    suite(() => (device ??= make()), kind);
  });
}
