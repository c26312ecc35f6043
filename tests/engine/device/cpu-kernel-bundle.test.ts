// Compiled kernels of another state of the sources are refused before they can touch memory: at the start where
// kernels.json tells, and at the first program that would hand a kernel other arguments than it reads.
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { createCpuDevice } from '../../../engine/device/cpu/cpu-device.ts';
import type { Device } from '../../../engine/device/device.ts';
import { defineKernel } from '../../../engine/graph/kernel.ts';
import { makeCpuDevice } from '../on-each-device.ts';

const built = new URL('../../../out/kernels/', import.meta.url);
const wasm = readFileSync(new URL('kernels.wasm', built));
const description = JSON.parse(readFileSync(new URL('kernels.json', built), 'utf8')) as {
  functions: Record<string, { id: number; args: string[] }>;
  layout: Record<string, number>;
  hash: string;
};

const open: Device[] = [];
afterEach(async () => {
  for (const device of open.splice(0)) await device.destroy();
});

describe('a CPU device', () => {
  const start = (changes: object | null): Promise<Device> =>
    createCpuDevice({
      wasm,
      description: changes && { ...description, ...changes },
      startWorker: () => {
        throw new Error('a worker started');
      },
      threads: 1,
    });

  it.each([
    ['without a description', null, 'how they take their arguments'],
    ['that older builds described', { layout: undefined }, 'how they take their arguments'],
    [
      'beside the description of others',
      { hash: '0'.repeat(64) },
      'not the file that kernels.json describes',
    ],
    ['of another memory layout', { layout: { ...description.layout, STOP_WORD: 4 } }, 'STOP_WORD is 4'],
    ['that lack a part of the layout', { layout: {} }, 'is missing'],
  ])('refuses kernels %s', async (_, changes, reason) => {
    await expect(start(changes)).rejects.toMatchObject({
      code: 'kernels-outdated',
      message: expect.stringContaining(reason),
      hint: expect.stringContaining('npm run build'),
    });
  });

  it('takes the kernels that were built', async () => {
    await expect(start({})).rejects.toThrow('a worker started');
  });
});

describe('a program', () => {
  /** The kernel "add" as another version of the engine might call it. */
  const kernelOf = (functionName: string, params: Record<string, 'u32'>) =>
    defineKernel({
      name: 'add',
      bindings: { source: 'read', destination: 'readwrite' },
      params,
      cpu: { phases: () => [{ function: functionName, tiles: 1 }] },
      wgsl: { source: '', entryPoint: 'add', workgroups: () => 1 },
    });

  const prepare = async (functionName: string, params: Record<string, 'u32'>): Promise<unknown> => {
    const device = await makeCpuDevice(1, 2 ** 22);
    open.push(device);
    const buffer = await device.createBuffer('numbers', 32);
    const ranges = [0, 16].map((offsetBytes) => ({ buffer, offsetBytes, sizeBytes: 16 }));
    const kernel = kernelOf(functionName, params);
    return device.prepare('add', [{ kernel, params: { count: 4, accumulate: 1 }, ranges }]);
  };

  it('is refused where a kernel takes its arguments in another order', async () => {
    await expect(prepare('add', { accumulate: 'u32', count: 'u32' })).rejects.toMatchObject({
      code: 'kernels-outdated',
      message: expect.stringContaining('argument 3 of "add" is count, not accumulate'),
    });
  });

  it('is refused where a kernel takes fewer arguments', async () => {
    await expect(prepare('add', { count: 'u32', accumulate: 'u32', step: 'u32' })).rejects.toMatchObject({
      code: 'kernels-outdated',
      message: expect.stringContaining('argument 5 of "add" is none, not step'),
    });
  });

  it('is refused where a kernel is missing', async () => {
    await expect(prepare('addTwice', { count: 'u32', accumulate: 'u32' })).rejects.toMatchObject({
      code: 'kernels-outdated',
      message: expect.stringContaining('no "addTwice"'),
    });
  });

  it('is taken where all is as it was built', async () => {
    await expect(prepare('add', { count: 'u32', accumulate: 'u32' })).resolves.toBeDefined();
  });
});
