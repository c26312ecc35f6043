// What the WebGPU device says when something goes wrong, and that nothing waits for ever.
import { describe, expect, it } from 'vitest';
import type { Device } from '../../../engine/device/device.ts';
import { createWebgpuDevice } from '../../../engine/device/webgpu/webgpu-device.ts';
import type { Kernel } from '../../../engine/graph/kernel.ts';
import { openGpu } from '../../setup/gpu.ts';
import { place, scaleAndAdd, spin, wholeOf } from './webgpu-kernels.ts';

/** A device and the GPUDevice behind it, for breaking it from outside. */
async function openBoth(): Promise<{ device: Device; gpuDevice: GPUDevice }> {
  const gpu = openGpu();
  let gpuDevice: GPUDevice | undefined;
  const watched = {
    requestAdapter: async (options?: GPURequestAdapterOptions) => {
      const adapter = await gpu.requestAdapter(options);
      if (!adapter) return null;
      const { info, limits, features } = adapter;
      const requestDevice = async (descriptor?: GPUDeviceDescriptor) =>
        (gpuDevice = await adapter.requestDevice(descriptor));
      return { info, limits, features, requestDevice };
    },
  } as unknown as GPU;
  const device = await createWebgpuDevice({ gpu: watched });
  return { device, gpuDevice: gpuDevice! };
}

/** What a promise came to, watched from now on so that its rejection is never unhandled. */
function outcomeOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.catch((error: unknown) => error);
}

const scaling = { count: 4, factor: 2, offset: 0 };

async function preparing(device: Device, wgsl: Partial<Kernel['wgsl']>): Promise<unknown> {
  const buffer = await device.createBuffer('values', 16);
  const kernel = { ...scaleAndAdd, name: 'broken', wgsl: { ...scaleAndAdd.wgsl, ...wgsl } } as Kernel;
  return device.prepare('plan', [place(kernel, scaling, wholeOf(buffer))]);
}

describe('a kernel that does not compile', () => {
  it('is named with the message of the compiler and the line in its file', async () => {
    const { device } = await openBoth();
    const source = scaleAndAdd.wgsl.source.replace('* params.factor', '* params.factr');
    await expect(preparing(device, { source })).rejects.toMatchObject({
      code: 'kernel-compile-failed',
      message: expect.stringMatching(/"broken" does not compile for this adapter: line 8:\d+: .*factr/),
    });
    // The device stays in use.
    await expect(preparing(device, {})).resolves.toMatchObject({ commandCount: 1 });
    await device.destroy();
  });

  it.each([
    ['an entry point that does not exist', { entryPoint: 'start' }, /start/],
    ['an unknown flag', { source: '//#if has_bias\n//#endif' }, /"has_bias" is not defined/],
    [
      'a binding at another index',
      { source: '@group(0) @binding(4) var<storage, read_write> values: f32;' },
      /nothing/,
    ],
    ['a count of workgroups that is none', { workgroups: () => Number.NaN }, /NaN workgroups/],
    [
      'a workgroup too large',
      { source: scaleAndAdd.wgsl.source.replace('size(64)', 'size(99999)') },
      /99999/,
    ],
  ])('has %s', async (_, wgsl, message) => {
    const { device } = await openBoth();
    await expect(preparing(device, wgsl)).rejects.toMatchObject({
      code: 'kernel-compile-failed',
      message: expect.stringMatching(message),
    });
    await device.destroy();
  });
});

describe('a lost device', () => {
  it('says so, rejects pending and later calls, and can be opened again', async () => {
    const { device, gpuDevice } = await openBoth();
    const result = await device.createBuffer('result', 64 * 4);
    const program = await device.prepare('slow', [place(spin, { rounds: 2 ** 22 }, wholeOf(result))]);
    device.submit(program);
    const outcome = outcomeOf(device.read(result, 0, 4));
    // One that nobody waits for: its rejection must not end the process.
    void device.read(result, 0, 4);
    gpuDevice.destroy();
    expect(await outcome).toMatchObject({ name: 'EngineError', code: 'device-lost' });
    expect(await device.lost).toEqual({
      code: 'device-lost',
      message: expect.stringMatching(/^The GPU stopped working: .*destroyed/),
    });
    await expect(device.read(result, 0, 4)).rejects.toMatchObject({ code: 'device-lost' });
    await expect(device.createBuffer('more', 4)).rejects.toMatchObject({ code: 'device-lost' });
    await expect(device.prepare('more', [])).rejects.toMatchObject({ code: 'device-lost' });
    expect(() => device.submit(program)).toThrow(expect.objectContaining({ code: 'device-lost' }));
    expect(() => device.write(result, 0, new Uint32Array(1))).toThrow(
      expect.objectContaining({ code: 'device-lost' }),
    );
    await device.destroy();

    const again = (await openBoth()).device;
    expect((await again.createBuffer('again', 4)).sizeBytes).toBe(4);
    await again.destroy();
  });

  it('wakes a read that sleeps on the timer', async () => {
    const { device, gpuDevice } = await openBoth();
    const result = await device.createBuffer('result', 64 * 4);
    const program = await device.prepare('slow', [place(spin, { rounds: 1 }, wholeOf(result))]);
    Object.assign(program, { measuredMs: 3_600_000 });
    device.submit(program);
    const outcome = outcomeOf(device.read(result, 0, 4));
    gpuDevice.destroy();
    expect(await outcome).toMatchObject({ code: 'device-lost' });
  });

  it('is what an error that no call waits for makes of it', async () => {
    const { device, gpuDevice } = await openBoth();
    const buffer = await device.createBuffer('values', 16);
    gpuDevice.createBuffer({ size: 2 ** 50, usage: 0x80 });
    expect(await device.lost).toMatchObject({
      code: 'device-lost',
      message: expect.stringContaining('exceeds the max buffer size'),
    });
    await expect(device.read(buffer, 0, 16)).rejects.toMatchObject({ code: 'device-lost' });
    // Its memory is given back without waiting for anybody.
    expect((await gpuDevice.lost).reason).toBe('destroyed');
  });
});

describe('memory that the adapter does not have', () => {
  it('is refused by name, and the device stays in use', async () => {
    const { device, gpuDevice } = await openBoth();
    await device.createBuffer('weights', 2 ** 20);
    // No adapter can be brought to this safely: software ones take what the computer has.
    const popErrorScope = gpuDevice.popErrorScope.bind(gpuDevice);
    gpuDevice.popErrorScope = async () => {
      await popErrorScope();
      return { message: 'Failed to allocate 2 MiB' } as GPUError;
    };
    await expect(device.createBuffer('gradients', 2 ** 21)).rejects.toMatchObject({
      code: 'device-out-of-memory',
      message: '"gradients" takes 2 MiB, which the GPU does not have; it has given out 1 MiB before.',
      hint: expect.stringContaining('smaller'),
    });
    gpuDevice.popErrorScope = popErrorScope;
    expect((await device.createBuffer('gradients', 4)).sizeBytes).toBe(4);
    await device.destroy();
  });
});

describe('a device that is closed', () => {
  it('rejects pending reads but does not report itself lost', async () => {
    const { device } = await openBoth();
    let isLost = false;
    void device.lost.then(() => {
      isLost = true;
    });
    const result = await device.createBuffer('result', 64 * 4);
    device.submit(await device.prepare('slow', [place(spin, { rounds: 2 ** 22 }, wholeOf(result))]));
    const outcome = outcomeOf(device.read(result, 0, 4));
    await device.destroy();
    expect(await outcome).toMatchObject({ code: 'device-lost' });
    await device.destroy();
    expect(isLost).toBe(false);
  });
});
