// The CPU device: the same bits on any number of threads, memory that runs out with a message, order of
// writes, submits and reads, and what happens when it is destroyed or a worker dies.
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { createCpuDevice } from '../../../engine/device/cpu/cpu-device.ts';
import type { WorkerLike } from '../../../engine/device/cpu/worker-pool.ts';
import type { Device, DeviceBuffer, PlacedCommand, Program } from '../../../engine/device/device.ts';
import { defineKernel } from '../../../engine/graph/kernel.ts';
import { Tape } from '../../../engine/graph/tape.ts';
import { addInto } from '../../../engine/ops/add/add.ts';
import { matmulCommand } from '../../../engine/ops/matmul/matmul.ts';
import { startCpuWorker } from '../../../main/engine-host/start-cpu-worker.ts';
import { makeCpuDevice } from '../on-each-device.ts';
import { runTape, testValues } from '../run-tape.ts';

const mebibyte = 2 ** 20;

const open: Device[] = [];

async function makeDevice(threads: number, maxMemoryBytes?: number): Promise<Device> {
  const device = await makeCpuDevice(threads, maxMemoryBytes);
  open.push(device);
  return device;
}

afterEach(async () => {
  for (const device of open.splice(0)) await device.destroy();
});

/** A program that adds `source` to `destination`, both of `count` floats. */
function addProgram(
  device: Device,
  source: DeviceBuffer,
  destination: DeviceBuffer,
  count: number,
): Promise<Program> {
  const tape = new Tape({ training: false });
  addInto(tape, tape.input('source', [count], 'f32'), tape.output('destination', [count]), true);
  const commands: PlacedCommand[] = tape.commands.map(({ kernel, params }) => ({
    kernel,
    params,
    ranges: [source, destination].map((buffer) => ({ buffer, offsetBytes: 0, sizeBytes: 4 * count })),
  }));
  return device.prepare('add', commands);
}

const floats = async (read: Promise<ArrayBuffer>): Promise<number[]> => [...new Float32Array(await read)];

describe('threads', () => {
  it('do not change a single bit', async () => {
    const [m, n, k] = [203, 131, 600];
    const inputs = { a: testValues(m * k, 1), b: testValues(k * n, 2), bias: testValues(n, 3) };
    const results: Uint8Array[] = [];
    for (const threads of [1, 2, 3, 7]) {
      const tape = new Tape({ training: false });
      const a = tape.input('a', [m, k], 'f32');
      const b = tape.input('b', [k, n], 'f32');
      const bias = tape.input('bias', [n], 'f32');
      const middle = tape.transient('middle', [m, n]);
      const slope = tape.output('slope', [m, n]);
      matmulCommand(tape, { a, b, c: middle, m, n, k, bias, activation: 'gelu_new', slope });
      matmulCommand(tape, { a: middle, b: a, c: tape.output('c', [n, k]), m: n, n: k, k: m, transA: true });
      const result = await runTape(await makeDevice(threads), tape, inputs);
      results.push(
        Buffer.concat([result['c']!, result['slope']!].map(({ buffer }) => new Uint8Array(buffer))),
      );
    }
    for (const result of results.slice(1)) expect(Buffer.compare(result, results[0]!)).toBe(0);
  });

  it('are named to the user', async () => {
    const device = await makeDevice(3);
    expect(device.info).toMatchObject({ kind: 'cpu', threads: 3, name: 'CPU, 3 threads, Wasm SIMD' });
  });
});

describe('memory', () => {
  it('runs out with a message that names what was asked for and what is left', async () => {
    const device = await makeDevice(1, 64 * mebibyte);
    await device.createBuffer('first', 40 * mebibyte);
    await expect(device.createBuffer('second', 40 * mebibyte)).rejects.toMatchObject({
      code: 'device-out-of-memory',
      message: expect.stringMatching(/41943040 bytes for "second".* 2516\d{4} of 67108864 bytes are left/),
    });
  });

  it('comes back zeroed and whole when buffers are destroyed in any order', async () => {
    const device = await makeDevice(1, 4 * mebibyte);
    const buffers: DeviceBuffer[] = [];
    for (let i = 0; i < 3; i++) buffers.push(await device.createBuffer(`third ${i}`, 1.25 * mebibyte));
    device.write(buffers[0]!, 0, new Uint8Array(mebibyte).fill(255));
    for (const index of [1, 0, 2]) device.destroyBuffer(buffers[index]!);
    const whole = await device.createBuffer('whole', 3.75 * mebibyte);
    const bytes = new Uint8Array(await device.read(whole, 0, 3 * mebibyte));
    expect(bytes.every((byte) => byte === 0)).toBe(true);
  });

  it('waits for the work that still uses it before it gives memory again', async () => {
    const device = await makeDevice(2, 64 * mebibyte);
    const count = 7 * mebibyte;
    const source = await device.createBuffer('source', 4 * count);
    const sum = await device.createBuffer('sum', 4 * count);
    const program = await addProgram(device, source, sum, count);
    for (let i = 0; i < 5; i++) device.submit(program);
    device.destroyBuffer(source);
    device.releaseProgram(program);
    await expect(device.createBuffer('in the place of source', 28 * mebibyte)).resolves.toBeDefined();
  });

  it('reaches beyond 2 GiB, where addresses look negative', async () => {
    const device = await makeDevice(1);
    await device.createBuffer('low', 2 ** 31 - 8 * mebibyte);
    const source = await device.createBuffer('source', 16 * mebibyte);
    const sum = await device.createBuffer('sum', 16 * mebibyte);
    const program = await addProgram(device, source, sum, 4 * mebibyte);
    device.write(source, 16 * mebibyte - 8, Float32Array.of(1, 2));
    device.submit(program);
    device.submit(program);
    expect(await floats(device.read(sum, 16 * mebibyte - 8, 8))).toEqual([2, 4]);
  });

  it('refuses a range outside its buffer', async () => {
    const device = await makeDevice(1);
    const buffer = await device.createBuffer('small', 8);
    expect(() => device.write(buffer, 4, new Uint8Array(8))).toThrow(/outside "small"/);
    await expect(device.read(buffer, 0, 16)).rejects.toThrow(/outside "small"/);
  });
});

describe('the queue', () => {
  it('keeps the order of writes, submits and reads', async () => {
    const device = await makeDevice(2);
    const source = await device.createBuffer('source', 16);
    const sum = await device.createBuffer('sum', 16);
    const program = await addProgram(device, source, sum, 4);
    const reads: Promise<number[]>[] = [];
    const data = new Float32Array(4);
    for (let i = 1; i <= 600; i++) {
      data.fill(i);
      device.write(source, 0, data);
      device.submit(program);
      if (i % 200 === 0) reads.push(floats(device.read(sum, 0, 16)));
    }
    const sums = [200, 400, 600].map((i) => (i * (i + 1)) / 2);
    expect(await Promise.all(reads)).toEqual(sums.map((value) => Array(4).fill(value)));
    expect(device.counters).toMatchObject({ submits: 600, dispatches: 600, buffersCreated: 2 });
  });

  it('runs more programs than its ring holds', async () => {
    const device = await makeDevice(2);
    const source = await device.createBuffer('source', 4);
    const sum = await device.createBuffer('sum', 4);
    const program = await addProgram(device, source, sum, 1);
    device.write(source, 0, Float32Array.of(1));
    for (let i = 0; i < 2000; i++) device.submit(program);
    expect(await floats(device.read(sum, 0, 4))).toEqual([2000]);
  });

  it('runs a program without commands', async () => {
    const device = await makeDevice(2);
    const program = await device.prepare('nothing', []);
    const buffer = await device.createBuffer('buffer', 4);
    device.submit(program);
    expect(await floats(device.read(buffer, 0, 4))).toEqual([0]);
  });

  it('takes up work after its threads have gone to sleep', async () => {
    const device = await makeDevice(2);
    const source = await device.createBuffer('source', 4);
    const sum = await device.createBuffer('sum', 4);
    const program = await addProgram(device, source, sum, 1);
    device.write(source, 0, Float32Array.of(1));
    for (let i = 1; i <= 3; i++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      device.submit(program);
      expect(await floats(device.read(sum, 0, 4))).toEqual([i]);
    }
  });

  it('refuses a kernel that the module lacks', async () => {
    const device = await makeDevice(1);
    const kernel = defineKernel({
      name: 'missing',
      bindings: {},
      params: {},
      cpu: { phases: () => [{ function: 'noSuchFunction', tiles: 1 }] },
      wgsl: { source: '', entryPoint: '', workgroups: () => 1 },
    });
    await expect(device.prepare('bad', [{ kernel, params: {}, ranges: [] }])).rejects.toThrow(
      /noSuchFunction/,
    );
  });
});

describe('the end', () => {
  it('rejects what waits when the device is destroyed, and refuses what comes', async () => {
    const device = await makeCpuDevice(2);
    const count = 4 * mebibyte;
    const source = await device.createBuffer('source', 4 * count);
    const sum = await device.createBuffer('sum', 4 * count);
    const program = await addProgram(device, source, sum, count);
    for (let i = 0; i < 50; i++) device.submit(program);
    const read = device.read(sum, 0, 4);
    const failure = read.catch((error: unknown) => error);
    await device.destroy();
    expect(await failure).toMatchObject({ code: 'device-lost' });
    await expect(device.read(sum, 0, 4)).rejects.toMatchObject({ code: 'device-lost' });
    await expect(device.createBuffer('late', 4)).rejects.toMatchObject({ code: 'device-lost' });
    expect(() => device.submit(program)).toThrow(/destroyed/);
    device.destroyBuffer(sum);
  });

  it('comes by itself when a kernel traps', async () => {
    const device = await makeDevice(2);
    const buffer = await device.createBuffer('buffer', 4);
    const kernel = defineKernel({
      name: 'trap',
      bindings: { source: 'read', destination: 'readwrite' },
      params: { count: 'u32', accumulate: 'u32' },
      cpu: { phases: () => [{ function: 'add', tiles: 1 }] },
      wgsl: { source: '', entryPoint: '', workgroups: () => 1 },
    });
    // A copy of nearly 4 GiB leaves the memory.
    const range = { buffer, offsetBytes: 0, sizeBytes: 4 };
    const params = { count: 2 ** 30 - 1, accumulate: 0 };
    const program = await device.prepare('trap', [{ kernel, params, ranges: [range, range] }]);
    device.submit(program);
    const read = device.read(buffer, 0, 4);
    await expect(read).rejects.toMatchObject({ code: 'device-lost' });
    expect(await device.lost).toMatchObject({
      code: 'device-lost',
      message: expect.stringContaining('worker'),
    });
  });

  it('comes when a worker thread ends', async () => {
    const started: WorkerLike[] = [];
    const kernels = new URL('../../../out/kernels/', import.meta.url);
    const device = await createCpuDevice({
      wasm: readFileSync(new URL('kernels.wasm', kernels)),
      description: JSON.parse(readFileSync(new URL('kernels.json', kernels), 'utf8')) as unknown,
      startWorker: () => {
        const worker = startCpuWorker(new URL('../../../main/engine-host/cpu-worker.ts', import.meta.url));
        started.push(worker);
        return worker;
      },
      threads: 2,
    });
    open.push(device);
    await started[1]!.terminate();
    expect(await device.lost).toMatchObject({ code: 'device-lost' });
  });
});
