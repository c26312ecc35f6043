// Training with activations stored as f16: what it needs in memory is known everywhere; what it computes is
// measured where the adapter has shader-f16 (HEDDLE_VULKAN=llvmpipe), and refused everywhere else.

import { afterAll, describe, expect, it } from 'vitest';
import type { DecoderConfig, TrainingConfig } from '../../../engine/config.ts';
import type { Device } from '../../../engine/device/device.ts';
import { takesHalf } from '../../../engine/device/half-feature.ts';
import { shaderOf } from '../../../engine/device/webgpu/shader.ts';
import { presets } from '../../../engine/models/presets.ts';
import { tensorBytes, type Tensor } from '../../../engine/graph/tensor.ts';
import type { CheckpointSource, TrainingState } from '../../../engine/training/checkpoint.ts';
import type { TrainingEvent } from '../../../engine/training/events.ts';
import { memoryNeed, planTraining, type TrainingPlans } from '../../../engine/training/plans.ts';
import { train } from '../../../engine/training/trainer.ts';
import { makeCpuDevice, makeWebgpuDevice } from '../on-each-device.ts';
import type { MemoryCheckpoints } from './memory-checkpoints.ts';
import { smallModels, smallRun } from './small-run.ts';

const device = await makeWebgpuDevice();
afterAll(() => device.destroy());

const none = { embdPdrop: 0, residPdrop: 0, attnPdrop: 0, attentionDropout: 0 };
const models = Object.entries(smallModels).map(([name, model]) => {
  const dropout = Object.fromEntries(Object.entries(none).filter(([key]) => key in model));
  return [name, { ...model, ...dropout } as DecoderConfig] as const;
});
const fp16 = { mixedPrecision: 'fp16' } as const;

async function plansOf(model: DecoderConfig, training: Partial<TrainingConfig>): Promise<TrainingPlans> {
  return planTraining((await smallRun(device, model, training)).settings, Infinity);
}

/** Tensors of a micro-step that live in its plan alone. */
function placed({ shapes }: TrainingPlans): Tensor[] {
  return [...shapes.at(-1)!.microSteps[0]!.places.keys()];
}

describe.each(models)('the plan of %s in f16', (_, model) => {
  it('stores activations and their gradients in half, everything else as before', async () => {
    const before = placed(await plansOf(model, {}));
    const after = placed(await plansOf(model, fp16));
    const isCopy = ({ name }: Tensor): boolean => name.startsWith('f16(');
    // The same tensors, in another order; beside them one copy of each weight that a product reads.
    const names = (tensors: readonly Tensor[]): string[] => tensors.map(({ name }) => name).sort();
    expect(names(after.filter((tensor) => !isCopy(tensor)))).toEqual(names(before));
    expect(after.filter(isCopy)).toHaveLength(4 * model.numHiddenLayers + 1);
    const full = after.filter(({ elementType }) => elementType !== 'f16').map(({ name }) => name);
    const allowed =
      /^(statistics|partials\(|partial squares|losses|logits chunk|metrics|scalars|ids|idOrder|position|targets)/;
    expect(full.filter((name) => !allowed.test(name))).toEqual([]);
    const half = after.filter((tensor) => tensor.elementType === 'f16' && !isCopy(tensor));
    for (const tensor of half) {
      const twin = before.find(
        ({ name, shape }) => name === tensor.name && shape.join() === tensor.shape.join(),
      )!;
      expect(tensorBytes(tensor)).toBe(tensorBytes(twin) / 2);
    }
  });

  it('needs less for activations, and as much for weights, gradients and optimizer', async () => {
    const training = { perDeviceTrainBatchSize: 64, sampleTokens: 0 };
    const before = memoryNeed(await plansOf(model, training));
    const after = memoryNeed(await plansOf(model, { ...training, ...fp16 }));
    expect(after.activationBytes).toBeLessThan(0.65 * before.activationBytes);
    const rest = ({ parameterBytes, gradientBytes, optimizerBytes }: typeof after): number[] => [
      parameterBytes,
      gradientBytes,
      optimizerBytes,
    ];
    expect(rest(after)).toEqual(rest(before));
  });
});

describe.each(presets.map((preset) => [preset.name, preset.settings] as const))('%s', (_, settings) => {
  it('has shaders for every command of a step in f16', () => {
    const training = { ...settings.training, ...fp16 };
    const { commands } = planTraining({ ...settings, training }, 0xffff_0000).shapes[0]!.microSteps[0]!.tape;
    for (const isSoftware of [true, false]) {
      const target = { isSoftware, hasSubgroups: false };
      for (const { kernel, params, tensors } of commands) {
        const isPresent = tensors.map((tensor) => tensor !== null);
        const isHalf = tensors.map((tensor) => tensor?.elementType === 'f16');
        const { text, storageBindings } = shaderOf(kernel, params, isPresent, target, isHalf);
        // A shader need not declare all that is bound.
        const declared = storageBindings.filter((binding) => isHalf[binding]).length;
        expect(text.match(/array<[^>]*f16/g)?.length ?? 0, kernel.name).toBe(declared);
      }
    }
  });
});

interface Ran {
  readonly losses: number[];
  readonly evalLoss: number;
  readonly skipped: { step: number; lossScale: number }[];
  readonly checkpoints: MemoryCheckpoints;
}

interface RunParts {
  readonly on?: Device;
  readonly model?: DecoderConfig;
  readonly training: Partial<TrainingConfig>;
  readonly stopAtStep?: number;
  readonly resume?: CheckpointSource;
}

async function run({ on = device, model = models[0]![1], training, ...rest }: RunParts): Promise<Ran> {
  const losses: number[] = [];
  const skipped: Ran['skipped'] = [];
  const onEvent = (event: TrainingEvent): void => {
    if (event.type === 'step') losses.push(event.loss);
    if (event.type === 'step-skipped') skipped.push({ step: event.step, lossScale: event.lossScale });
  };
  const settings = { evalSteps: 0, sampleTokens: 0, ...training };
  const options = await smallRun(on, model, settings, { ...rest, onEvent });
  const { evalLoss } = await train(options);
  return { losses, evalLoss: evalLoss ?? NaN, skipped, checkpoints: options.checkpoints };
}

const refusal = expect.objectContaining({
  code: 'settings-invalid',
  message: expect.stringMatching(/shader-f16/),
});

it('is refused on the CPU before anything is allocated', async () => {
  const cpu = await makeCpuDevice(1);
  await expect(run({ on: cpu, training: fp16 })).rejects.toThrow(refusal);
  expect(cpu.counters.buffersCreated).toBe(0);
  await cpu.destroy();
});

/** Runs a check where the adapter has f16, and where not asserts that such a run is refused, by name. */
async function expectWhereHalf(check: () => Promise<void>): Promise<void> {
  if (takesHalf(device.info)) return check();
  await expect(run({ training: fp16 })).rejects.toThrow(refusal);
  await expect(run({ training: fp16 })).rejects.toThrow(device.info.name);
}

describe.each(models)('%s trained in f16', (_, model) => {
  it(
    'has a loss within 1 % of f32 after 300 steps',
    () =>
      expectWhereHalf(async () => {
        const training = {
          maxSteps: 300,
          gradientAccumulationSteps: 1,
          perDeviceTrainBatchSize: 4,
          learningRate: 1e-3,
        };
        const full = await run({ model, training });
        const half = await run({ model, training: { ...training, ...fp16 } });
        const late = ({ losses }: Ran): number => losses.slice(-10).reduce((sum, loss) => sum + loss, 0) / 10;
        expect(late(full)).toBeLessThan(0.75 * full.losses[0]!);
        expect(Math.abs(late(half) / late(full) - 1)).toBeLessThan(0.01);
        expect(Math.abs(half.evalLoss / full.evalLoss - 1)).toBeLessThan(0.01);
      }),
    300_000,
  );
});

const stateAt = ({ checkpoints }: Pick<Ran, 'checkpoints'>, step: number): TrainingState =>
  JSON.parse(new TextDecoder().decode(checkpoints.byStep.get(step)!.get('state.json'))) as TrainingState;

const bytesAt = ({ checkpoints }: Ran, step: number): Uint8Array[] =>
  ['model.safetensors', 'optimizer.safetensors'].map((name) => checkpoints.byStep.get(step)!.get(name)!);

/** A checkpoint whose state says that the loss was scaled otherwise. */
function scaledBy({ checkpoints }: Ran, step: number, scale: number): CheckpointSource {
  const source = checkpoints.source(step);
  const state = stateAt({ checkpoints }, step);
  const changed = JSON.stringify({ ...state, lossScaling: { scale, goodSteps: 9, skippedSteps: 0 } });
  const bytes = new TextEncoder().encode(changed);
  return {
    ...source,
    open: async (name) =>
      name === 'state.json'
        ? { name, sizeBytes: bytes.length, read: () => Promise.resolve(bytes) }
        : source.open(name),
  };
}

it(
  'goes on from a checkpoint bit for bit, its loss scale too',
  () =>
    expectWhereHalf(async () => {
      const training = { ...fp16, maxSteps: 8 };
      const straight = await run({ training });
      const first = await run({ training, stopAtStep: 5 });
      const rest = await run({ training, resume: first.checkpoints.source(5) });
      bytesAt(straight, 8).forEach((bytes, i) => expect(Buffer.compare(bytes, bytesAt(rest, 8)[i]!)).toBe(0));
      expect(stateAt(rest, 8).lossScaling).toEqual(stateAt(straight, 8).lossScaling);
      expect(stateAt(straight, 8).lossScaling!.goodSteps).toBeGreaterThan(0);
    }),
  300_000,
);

it(
  'skips a step whose gradient f16 cannot hold, changes nothing, and goes on with half the scale',
  () =>
    expectWhereHalf(async () => {
      const training = { ...fp16, maxSteps: 8 };
      const first = await run({ training, stopAtStep: 5 });
      const resume = scaledBy(first, 5, 2 ** 40);
      const skipping = await run({ training, resume, stopAtStep: 6 });
      expect(skipping.skipped).toEqual([{ step: 6, lossScale: 2 ** 39 }]);
      expect(skipping.losses).toEqual([]);
      bytesAt(first, 5).forEach((bytes, i) =>
        expect(Buffer.compare(bytes, bytesAt(skipping, 6)[i]!)).toBe(0),
      );
      expect(stateAt(skipping, 6).lossScaling).toEqual({ scale: 2 ** 39, goodSteps: 0, skippedSteps: 1 });
    }),
  300_000,
);
