// A run on tokens of which only some are trained on: how a step is cut into micro-steps changes nothing, and
// flags that leave nothing out change no bit.

import { describe, expect, it } from 'vitest';
import type { TokenSource } from '../../../engine/data/windows.ts';
import type { Device } from '../../../engine/device/device.ts';
import { train } from '../../../engine/training/trainer.ts';
import { makeCpuDevice } from '../on-each-device.ts';
import { smallModels, smallRun } from './small-run.ts';

const model = { ...smallModels.gpt2, embdPdrop: 0, residPdrop: 0, attnPdrop: 0 };

function flagged(source: TokenSource, isTrainedOn: (index: number) => boolean): TokenSource {
  return {
    ...source,
    readTrainedOn: (start, count) =>
      Promise.resolve(Uint8Array.from({ length: count }, (_, i) => Number(isTrainedOn(start + i)))),
  };
}

interface Steps {
  readonly losses: number[];
  readonly gradNorms: number[];
  readonly weights: Uint8Array;
  readonly dispatches: number;
}

async function run(
  device: Device,
  isTrainedOn: ((index: number) => boolean) | null,
  batchSize: number,
  accumulation: number,
): Promise<Steps> {
  const steps: Steps = { losses: [], gradNorms: [], weights: new Uint8Array(), dispatches: 0 };
  const options = await smallRun(
    device,
    model,
    {
      maxSteps: 3,
      perDeviceTrainBatchSize: batchSize,
      gradientAccumulationSteps: accumulation,
      evalSteps: 0,
      sampleTokens: 0,
    },
    {
      onEvent: (event) => {
        if (event.type !== 'step') return;
        steps.losses.push(event.loss);
        steps.gradNorms.push(event.gradNorm);
      },
      evalTokens: null,
    },
  );
  const trainTokens = isTrainedOn ? flagged(options.trainTokens, isTrainedOn) : options.trainTokens;
  const before = device.counters.dispatches;
  await train({ ...options, trainTokens });
  const weights = options.checkpoints.byStep.get(3)!.get('model.safetensors')!;
  return { ...steps, weights, dispatches: device.counters.dispatches - before };
}

describe('a run on tokens of which some are not trained on', () => {
  it('divides by all targets of a step that count, however it is cut into micro-steps', async () => {
    const device = await makeCpuDevice(2);
    // Windows of 16 tokens have from none to all of them.
    const isTrainedOn = (index: number): boolean => Math.floor(index / 23) % 3 === 0;
    const whole = await run(device, isTrainedOn, 6, 1);
    const cut = await run(device, isTrainedOn, 2, 3);
    expect(whole.losses).toHaveLength(3);
    for (let step = 0; step < 3; step++) {
      expect(cut.losses[step]!).toBeCloseTo(whole.losses[step]!, 4);
      expect(cut.gradNorms[step]! / whole.gradNorms[step]!).toBeCloseTo(1, 3);
    }
    await device.destroy();
  });

  it('changes no bit and runs nothing more when nothing is left out', async () => {
    const device = await makeCpuDevice(2);
    const plain = await run(device, null, 2, 3);
    const all = await run(device, () => true, 2, 3);
    expect(Buffer.compare(all.weights, plain.weights)).toBe(0);
    expect(all.dispatches).toBe(plain.dispatches);
    const some = await run(device, (index) => index % 2 === 0, 2, 3);
    expect(Buffer.compare(some.weights, plain.weights)).not.toBe(0);
    expect(some.dispatches).toBe(plain.dispatches);
    await device.destroy();
  });

  it('learns nothing from a step in which no token counts', async () => {
    const device = await makeCpuDevice(2);
    const none = await run(device, () => false, 2, 3);
    expect(none.losses).toEqual([0, 0, 0]);
    expect(none.gradNorms).toEqual([0, 0, 0]);
    await device.destroy();
  });
});
