// A run keeps which kernels computed it: it goes on with those where the device has them, and says so where not.

import { describe, expect, it } from 'vitest';
import type { Device, DeviceInfo } from '../../../engine/device/device.ts';
import { kernelChanges, kernelsFor, type KernelTable } from '../../../engine/device/kernel-table.ts';
import type { CheckpointSource, TrainingState } from '../../../engine/training/checkpoint.ts';
import type { TrainingEvent } from '../../../engine/training/events.ts';
import { train } from '../../../engine/training/trainer.ts';
import { makeCpuDevice, makeWebgpuDevice } from '../on-each-device.ts';
import type { MemoryCheckpoints } from './memory-checkpoints.ts';
import { smallModels, smallRun } from './small-run.ts';

const model = { ...smallModels.gpt2, numHiddenLayers: 1, embdPdrop: 0, residPdrop: 0, attnPdrop: 0 };
const training = {
  maxSteps: 4,
  evalSteps: 0,
  sampleTokens: 0,
  gradientAccumulationSteps: 1,
  perDeviceTrainBatchSize: 2,
};

interface Trained {
  readonly checkpoints: MemoryCheckpoints;
  readonly changes: string[];
}

async function run(device: Device, stopAtStep: number | null, resume?: CheckpointSource): Promise<Trained> {
  const changes: string[] = [];
  const onEvent = (event: TrainingEvent): void => {
    if (event.type === 'kernels-changed') changes.push(event.changes);
  };
  const options = await smallRun(device, model, training, { stopAtStep, resume: resume ?? null, onEvent });
  await train(options);
  return { checkpoints: options.checkpoints, changes };
}

function stateAt(checkpoints: MemoryCheckpoints, step: number): TrainingState {
  const bytes = checkpoints.byStep.get(step)!.get('state.json')!;
  return JSON.parse(new TextDecoder().decode(bytes)) as TrainingState;
}

/** A checkpoint whose state says that other kernels computed it. */
function sourceWith(checkpoints: MemoryCheckpoints, step: number, kernels?: KernelTable): CheckpointSource {
  const source = checkpoints.source(step);
  const state = new TextEncoder().encode(JSON.stringify({ ...stateAt(checkpoints, step), kernels }));
  return {
    ...source,
    open: async (name) => {
      const found = await source.open(name);
      if (name !== 'state.json') return found;
      const read = (offset: number, length: number): Promise<Uint8Array> =>
        Promise.resolve(state.subarray(offset, offset + length));
      return { name, sizeBytes: state.length, read };
    },
  };
}

const weightsAt = (checkpoints: MemoryCheckpoints, step: number): Uint8Array =>
  checkpoints.byStep.get(step)!.get('model.safetensors')!;

describe('the kernels of a run', () => {
  it('stand in its checkpoints, and others than before are named', async () => {
    const device = await makeCpuDevice(1);
    const { checkpoints, changes } = await run(device, 2);
    expect(changes).toEqual([]);
    const kernels = stateAt(checkpoints, 2).kernels!;
    expect(kernels).toEqual({ device: 'cpu', bundle: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect((await run(device, null, checkpoints.source(2))).changes).toEqual([]);
    const other = sourceWith(checkpoints, 2, { device: 'cpu', bundle: 'older' });
    const gone = await run(device, null, other);
    expect(gone.changes).toEqual([`bundle older became ${kernels['bundle']}`]);
    // From here on it is the new ones that compute.
    expect(stateAt(gone.checkpoints, 4).kernels).toEqual(kernels);
    // Checkpoints from before kernels were kept say nothing.
    expect((await run(device, null, sourceWith(checkpoints, 2))).changes).toEqual([]);
    await device.destroy();
  });

  it('are used again on WebGPU though the device would choose others, bit for bit', async () => {
    const first = await makeWebgpuDevice('software');
    const straight = await run(first, null);
    const { checkpoints } = await run(first, 2);
    expect(stateAt(checkpoints, 2).kernels).toMatchObject({ device: 'webgpu', form: 'software' });
    await first.destroy();
    const second = await makeWebgpuDevice('hardware');
    const resumed = await run(second, null, checkpoints.source(2));
    expect(resumed.changes).toEqual([]);
    expect(Buffer.compare(weightsAt(resumed.checkpoints, 4), weightsAt(straight.checkpoints, 4))).toBe(0);
    expect(stateAt(resumed.checkpoints, 4).kernels).toEqual(stateAt(straight.checkpoints, 4).kernels);
    await second.destroy();
    // A software adapter compiles the shaders of two devices.
  }, 300_000);
});

describe('kernels that were kept', () => {
  const own = { device: 'webgpu', form: 'software', subgroups: 'no', adapter: 'a' };
  const info = (features: string[]): DeviceInfo => ({ kernels: own, features }) as unknown as DeviceInfo;

  it('are taken where the device has what they need', () => {
    const stored = { device: 'webgpu', form: 'hardware', subgroups: 'yes', adapter: 'b', shaders: 's' };
    expect(kernelsFor(info(['subgroups']), stored)).toEqual({
      ...own,
      form: 'hardware',
      subgroups: 'yes',
    });
    expect(kernelsFor(info([]), stored)).toBe(own);
    expect(kernelsFor(info(['subgroups']), { ...stored, form: 'of the future' })).toBe(own);
    expect(kernelsFor(info([]), { device: 'cpu', bundle: 'x' })).toBe(own);
    expect(kernelsFor(info([]), null)).toBe(own);
  });

  it('are compared name by name', () => {
    expect(kernelChanges(own, { ...own })).toBe('');
    expect(kernelChanges({ device: 'cpu', bundle: '1' }, { device: 'cpu', native: '2' })).toBe(
      'bundle 1 became none; native none became 2',
    );
  });
});
