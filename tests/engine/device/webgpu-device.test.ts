// The WebGPU device on the adapter that the environment offers: order, reuse, limits.
import { afterAll, describe, expect, it } from 'vitest';
import type { Device, DeviceBuffer } from '../../../engine/device/device.ts';
import { describeAdapters, sharesSystemMemory } from '../../../engine/device/webgpu/adapters.ts';
import { createWebgpuDevice, type WebgpuDeviceOptions } from '../../../engine/device/webgpu/webgpu-device.ts';
import { openGpu } from '../../setup/gpu.ts';
import { addOptional, place, scaleAndAdd, spin, wholeOf } from './webgpu-kernels.ts';

const gpu = openGpu();
const opened: Device[] = [];

async function open(options: Partial<WebgpuDeviceOptions> = {}): Promise<Device> {
  const device = await createWebgpuDevice({ gpu, ...options });
  opened.push(device);
  return device;
}

/** The same adapters under a name and a flag that no software adapter has. */
function asHardware(gpu: GPU): GPU {
  const requestAdapter = async (options?: GPURequestAdapterOptions): Promise<unknown> => {
    const adapter = await gpu.requestAdapter(options);
    if (!adapter) return null;
    const { limits, features } = adapter;
    const info = {
      vendor: 'loom',
      architecture: '',
      device: 'loom-1',
      description: '',
      isFallbackAdapter: false,
    };
    return { info, limits, features, requestDevice: adapter.requestDevice.bind(adapter) };
  };
  return { requestAdapter } as unknown as GPU;
}

afterAll(async () => {
  await Promise.all(opened.map((device) => device.destroy()));
});

const shared = await open();

async function filled(values: readonly number[]): Promise<DeviceBuffer> {
  const buffer = await shared.createBuffer('values', values.length * 4);
  shared.write(buffer, 0, Float32Array.from(values));
  return buffer;
}

async function floats(buffer: DeviceBuffer): Promise<number[]> {
  return [...new Float32Array(await shared.read(buffer, 0, buffer.sizeBytes))];
}

describe('memory of the computer', () => {
  it('bounds an adapter that has none of its own, and no other', async () => {
    const device = await open({ sharedMemoryBytes: 2 ** 20 });
    expect(device.info.isSoftware).toBe(true);
    expect(device.limits.memoryBytes).toBe(2 ** 20);
    await expect(device.createBuffer('large', 2 ** 21)).rejects.toMatchObject({
      code: 'device-out-of-memory',
    });
    const card = await open({ gpu: asHardware(gpu), sharedMemoryBytes: 2 ** 20 });
    expect(card.limits.memoryBytes).toBeNull();
  });

  it.each([
    ['apple', 'apple-m3', '', true],
    ['qualcomm', 'adreno-740', '', true],
    ['intel', 'intel-r-iris-r-xe-graphics', 'Intel open-source Mesa driver', true],
    ['intel', 'intel-r-arc-tm-graphics', '', true],
    ['intel', 'intel-r-arc-tm-a770-graphics', '', false],
    ['amd', 'amd-radeon-tm-graphics', '', true],
    ['amd', 'amd-radeon-780m', '', true],
    ['amd', 'amd-radeon-vega-8-graphics-radv-raven', '', true],
    ['amd', 'amd-radeon-rx-7900-xtx', '', false],
    ['amd', 'amd-radeon-pro-w6800', '', false],
    ['nvidia', 'nvidia-geforce-rtx-4090', '', false],
    ['mesa', 'llvmpipe-llvm-15-0-6-256-bits-', '', true],
  ])('serves %s %s: %s', (vendor, device, description, isShared) => {
    expect(sharesSystemMemory({ vendor, device, description, isFallbackAdapter: false })).toBe(isShared);
  });
});

describe('adapters', () => {
  it('are described, hardware before software', async () => {
    const adapters = await describeAdapters(gpu);
    expect(adapters.length).toBeGreaterThan(0);
    const kinds = adapters.map((adapter) => adapter.isSoftware);
    expect(kinds).toEqual([...kinds].sort());
    for (const { name, maxBindingBytes, maxBufferBytes } of adapters) {
      expect(name).not.toBe('');
      expect(maxBindingBytes).toBeGreaterThanOrEqual(2 ** 27);
      expect(maxBufferBytes).toBeGreaterThanOrEqual(2 ** 28);
    }
  });

  it('are chosen by a part of their name', async () => {
    const [first] = await describeAdapters(gpu);
    const device = await open({ adapter: first!.name.slice(0, 6).toUpperCase() });
    expect(device.info).toMatchObject({ kind: 'webgpu', name: first!.name, isSoftware: first!.isSoftware });
  });

  it('that do not exist are refused with a list of those that do', async () => {
    const [first] = await describeAdapters(gpu);
    await expect(open({ adapter: 'Voodoo 2' })).rejects.toMatchObject({
      code: 'adapter-not-found',
      message: expect.stringContaining(`"${first!.name}"`),
    });
  });

  it('of which there are none are said to be missing', async () => {
    const none = { requestAdapter: () => Promise.resolve(null) } as unknown as GPU;
    await expect(createWebgpuDevice({ gpu: none })).rejects.toMatchObject({
      code: 'adapter-not-found',
      message: 'This computer offers no WebGPU adapter.',
    });
  });
});

describe('buffers', () => {
  it('start zeroed', async () => {
    const buffer = await shared.createBuffer('zeroed', 12);
    expect(await floats(buffer)).toEqual([0, 0, 0]);
    expect(buffer.sizeBytes).toBe(12);
  });

  it('give back a written part of shared memory, and do not follow it afterwards', async () => {
    const buffer = await filled([1, 2, 3, 4]);
    const memory = new Float32Array(new SharedArrayBuffer(16));
    memory.set([7, 8, 9, 10]);
    shared.write(buffer, 4, memory.subarray(1, 3));
    memory.fill(0);
    expect(await floats(buffer)).toEqual([1, 8, 9, 4]);
    expect([...new Float32Array(await shared.read(buffer, 8, 4))]).toEqual([9]);
    expect((await shared.read(buffer, 8, 0)).byteLength).toBe(0);
  });

  it('refuse ranges outside them, parts of words and buffers that were freed', async () => {
    const buffer = await filled([1, 2]);
    expect(() => shared.write(buffer, 8, new Float32Array(1))).toThrow('bytes 8 to 12');
    expect(() => shared.write(buffer, 0, new Uint8Array(3))).toThrow('not whole words');
    await expect(shared.read(buffer, 4, 8)).rejects.toThrow('bytes 4 to 12');
    shared.destroyBuffer(buffer);
    await expect(shared.read(buffer, 0, 4)).rejects.toThrow(
      '"values" is not one of this device, or was freed',
    );
  });

  it('larger than the adapter allows are refused with both sizes', async () => {
    const { maxBufferBytes } = shared.limits;
    await expect(shared.createBuffer('huge', maxBufferBytes * 2)).rejects.toMatchObject({
      code: 'device-out-of-memory',
      message: expect.stringMatching(
        /^"huge" takes [\d,]+ MiB; one buffer of this adapter holds at most [\d,]+ MiB/,
      ),
    });
  });

  it('beyond the memory that the host allows are refused, and freeing makes room', async () => {
    const device = await open({ memoryBytes: 2 ** 20 });
    const first = await device.createBuffer('first', 600_000);
    await expect(device.createBuffer('second', 600_000)).rejects.toMatchObject({
      code: 'device-out-of-memory',
      message: '"second" takes 0.57 MiB; 0.43 MiB of 1 MiB are left on this device.',
    });
    device.destroyBuffer(first);
    expect((await device.createBuffer('second', 600_000)).sizeBytes).toBe(600_000);
  });
});

describe('programs', () => {
  it('run their commands in order, between the writes and reads around them', async () => {
    const buffer = await filled([1, 2, 3]);
    const params = (factor: number, offset: number) => ({ count: 3, factor, offset });
    const program = await shared.prepare('chain', [
      place(scaleAndAdd, params(2, 1), wholeOf(buffer)),
      place(scaleAndAdd, params(3, -1), wholeOf(buffer)),
    ]);
    expect(program.commandCount).toBe(2);
    shared.submit(program);
    const first = floats(buffer);
    shared.write(buffer, 0, Float32Array.of(10, 20, 30));
    shared.submit(program);
    shared.submit(program);
    const second = floats(buffer);
    shared.write(buffer, 0, Float32Array.of(0, 0, 0));
    const third = floats(buffer);
    expect(await Promise.all([third, second, first])).toEqual([
      [0, 0, 0],
      [374, 734, 1094],
      [8, 14, 20],
    ]);
    shared.releaseProgram(program);
  });

  it('run before a write that was asked for after them in the same turn', async () => {
    const [first, second] = [await filled([1]), await filled([0])];
    const params = { count: 1 };
    const copy = await shared.prepare('copy', [
      place(addOptional, params, wholeOf(first), null, wholeOf(second)),
    ]);
    shared.submit(copy);
    shared.write(first, 0, Float32Array.of(2));
    expect(await floats(second)).toEqual([1]);
  });

  it('leave out optional bindings', async () => {
    const left = await filled([1, 2, 3, 4, 5]);
    const right = await filled([10, 20, 30, 40, 50]);
    const sum = await filled([0, 0, 0, 0, 0]);
    const ranges = [wholeOf(left), wholeOf(right), wholeOf(sum)] as const;
    const both = await shared.prepare('both', [place(addOptional, { count: 5 }, ...ranges)]);
    const alone = await shared.prepare('alone', [
      place(addOptional, { count: 4 }, ranges[0], null, ranges[2]),
    ]);
    shared.submit(both);
    const sums = floats(sum);
    shared.submit(alone);
    expect(await sums).toEqual([11, 22, 33, 44, 55]);
    expect(await floats(sum)).toEqual([1, 2, 3, 4, 55]);
  });

  it('reach every workgroup of a grid folded into two dimensions', async () => {
    const count = 64 * 65_600 + 5;
    const buffer = await shared.createBuffer('many', count * 4);
    const params = { count, factor: 1, offset: 1 };
    shared.submit(await shared.prepare('many', [place(scaleAndAdd, params, wholeOf(buffer))]));
    const values = new Float32Array(await shared.read(buffer, 0, count * 4));
    expect(values.every((value) => value === 1)).toBe(true);
    shared.destroyBuffer(buffer);
  });

  it('bind disjoint ranges of one buffer, and refuse overlapping ones', async () => {
    const buffer = await shared.createBuffer('slab', 1024);
    const range = (offsetBytes: number) => ({ buffer, offsetBytes, sizeBytes: 16 });
    shared.write(buffer, 0, Float32Array.of(1, 2, 3, 4));
    shared.write(buffer, 256, Float32Array.of(5, 6, 7, 8));
    const command = place(addOptional, { count: 4 }, range(0), range(256), range(512));
    shared.submit(await shared.prepare('slab', [command]));
    expect([...new Float32Array(await shared.read(buffer, 512, 16))]).toEqual([6, 8, 10, 12]);
    const overlapping = place(addOptional, { count: 4 }, range(0), range(256), range(256));
    await expect(shared.prepare('overlap', [overlapping])).rejects.toThrow(
      '"right" and "sum" of add-optional bind the same memory',
    );
  });

  it('refuse a range larger than one binding of the adapter', async () => {
    const { maxBindingBytes, maxBufferBytes } = shared.limits;
    const sizeBytes = maxBindingBytes + 256;
    if (sizeBytes > maxBufferBytes) return;
    const buffer = await shared.createBuffer('wide', sizeBytes);
    const command = place(scaleAndAdd, { count: 1, factor: 1, offset: 0 }, wholeOf(buffer));
    await expect(shared.prepare('wide', [command])).rejects.toMatchObject({
      code: 'device-out-of-memory',
      message: expect.stringContaining(`${sizeBytes} bytes; this adapter binds at most ${maxBindingBytes}`),
    });
    shared.destroyBuffer(buffer);
  });

  it('skip commands without work and may be empty', async () => {
    const buffer = await filled([1]);
    const command = place(scaleAndAdd, { count: 0, factor: 0, offset: 0 }, wholeOf(buffer));
    shared.submit(await shared.prepare('idle', [command]));
    shared.submit(await shared.prepare('empty', []));
    expect(await floats(buffer)).toEqual([1]);
  });
});

describe('steady state', () => {
  it('is one submit for a program with its read-back, and creates nothing', async () => {
    const buffer = await filled(Array.from({ length: 100 }, () => 0));
    const commands = Array.from({ length: 40 }, () =>
      place(scaleAndAdd, { count: 100, factor: 1, offset: 1 }, wholeOf(buffer)),
    );
    const program = await shared.prepare('steps', commands);
    const step = async (): Promise<number> => {
      shared.write(buffer, 0, new Float32Array(100));
      shared.submit(program);
      return (await floats(buffer))[99]!;
    };
    await step();
    await step();
    const before = { ...shared.counters };
    for (let run = 0; run < 5; run++) expect(await step()).toBe(40);
    expect(shared.counters).toEqual({
      submits: before.submits + 5,
      dispatches: before.dispatches + 200,
      buffersCreated: before.buffersCreated,
      pipelinesCreated: before.pipelinesCreated,
    });
  });

  it('submits without a read as well', async () => {
    const buffer = await filled([1]);
    const command = place(scaleAndAdd, { count: 1, factor: 2, offset: 0 }, wholeOf(buffer));
    const program = await shared.prepare('doubling', [command]);
    for (let run = 0; run < 10; run++) {
      const before = shared.counters.submits;
      shared.submit(program);
      await Promise.resolve();
      expect(shared.counters.submits).toBe(before + 1);
    }
    expect(await floats(buffer)).toEqual([1024]);
  });

  it('compiles equal shaders once', async () => {
    const device = await open();
    const buffer = await device.createBuffer('values', 16);
    const command = (factor: number) => place(scaleAndAdd, { count: 4, factor, offset: 0 }, wholeOf(buffer));
    await device.prepare('first', [command(1), command(2)]);
    await device.prepare('second', [command(3)]);
    expect(device.counters.pipelinesCreated).toBe(1);
  });

  it('cuts a program that took long on a GPU, with the same result', async () => {
    const device = await open({ gpu: asHardware(gpu) });
    expect(device.info.isSoftware).toBe(false);
    const buffer = await device.createBuffer('values', 4);
    const commands = Array.from({ length: 40 }, () =>
      place(scaleAndAdd, { count: 1, factor: 1, offset: 1 }, wholeOf(buffer)),
    );
    const program = await device.prepare('long', commands);
    const submitsOfRun = async (): Promise<number> => {
      const before = device.counters.submits;
      device.submit(program);
      await device.read(buffer, 0, 4);
      return device.counters.submits - before;
    };
    // 16 commands each while nothing is known, then as measured: 500 ms hold three spans of 200.
    expect(await submitsOfRun()).toBe(3);
    Object.assign(program, { measuredMs: 1 });
    expect(await submitsOfRun()).toBe(1);
    Object.assign(program, { measuredMs: 500 });
    expect(await submitsOfRun()).toBe(3);
    expect([...new Float32Array(await device.read(buffer, 0, 4))]).toEqual([120]);
  });

  it('cuts nothing on a software adapter', async () => {
    if (!shared.info.isSoftware) return;
    const buffer = await filled([0]);
    const commands = Array.from({ length: 40 }, () =>
      place(scaleAndAdd, { count: 1, factor: 1, offset: 1 }, wholeOf(buffer)),
    );
    const program = await shared.prepare('long', commands);
    Object.assign(program, { measuredMs: 5000 });
    const before = shared.counters.submits;
    shared.submit(program);
    await Promise.resolve();
    expect(shared.counters.submits).toBe(before + 1);
  });

  it('sleeps on the timer before it asks for a result that is known to take long', async () => {
    let nowMs = 1000;
    const slept: number[] = [];
    const clock = {
      nowMs: () => nowMs,
      sleep: async (durationMs: number) => {
        slept.push(durationMs);
        nowMs += durationMs;
      },
    };
    const device = await createWebgpuDevice({ gpu, clock });
    opened.push(device);
    const result = await device.createBuffer('result', 64 * 4);
    const program = await device.prepare('slow', [place(spin, { rounds: 1 }, wholeOf(result))]);
    device.submit(program);
    await device.read(result, 0, 4);
    expect(slept).toEqual([]);
    Object.assign(program, { measuredMs: 1000 });
    device.submit(program);
    await device.read(result, 0, 4);
    // In slices, so that a device lost meanwhile is noticed; nine tenths of the time in all.
    expect(slept).toEqual([250, 250, 250, 150]);
    expect(program).toMatchObject({ measuredMs: 900 });
  });
});
