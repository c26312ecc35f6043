// Every model form against transformers and PyTorch: logits, loss, every gradient, ten AdamW losses,
// and generation's cached passes against the whole pass.

import { describe, expect, it } from 'vitest';
import { type DecoderConfig, type ModelConfig } from '../../../engine/config.ts';
import { makePlan } from '../../../engine/graph/plan.ts';
import { metricIndex } from '../../../engine/graph/scalars.ts';
import { recordGeneration } from '../../../engine/generation/plans.ts';
import { createModel } from '../../../engine/models/model.ts';
import { recordLogits, recordLoss } from '../../../engine/models/loss.ts';
import { createOptimizerState, recordUpdate } from '../../../engine/training/optimizer.ts';
import { tokenPass } from '../../../engine/data/token-pass.ts';
import { modelParts } from '../../../engine/models/weights.ts';
import { onCpuAndWebgpu, onKernelsForGpus, type MakeDevice } from '../on-each-device.ts';
import {
  batch,
  goldenConfigs,
  goldenTokens,
  goldenTraining,
  openModel,
  length,
  openGolden,
  relativeError,
} from './golden.ts';

const shape = { batch, length };

function inputs(
  config: ModelConfig,
  scalars: Parameters<typeof tokenPass>[3] = {},
): Record<string, Uint32Array> {
  return tokenPass(goldenTokens(), length, config.vocabSize, { lossScale: 1 / (batch * length), ...scalars });
}

function suite(makeDevice: MakeDevice, configs: readonly DecoderConfig[]): void {
  describe.each(configs)('$modelType', (config) => {
    it('gives the logits of transformers', async () => {
      const device = await makeDevice();
      const model = createModel(config, { training: false });
      const plan = makePlan(recordLogits(model, shape, { training: false }), device.limits.maxBindingBytes);
      const executor = await openModel(device, model, [plan], []);
      executor.submit(plan, inputs(config));
      const actual = new Float32Array(await executor.readOutput(plan, 'logits'));
      executor.destroy();
      const golden = await openGolden(config.modelType);
      expect(relativeError(actual, await golden.readF32('logits'))).toBeLessThan(1e-5);
    });

    it('gives the loss and every gradient of PyTorch', async () => {
      const device = await makeDevice();
      const model = createModel(config, { training: true });
      const plan = makePlan(recordLoss(model, shape, { training: true }), device.limits.maxBindingBytes);
      const executor = await openModel(device, model, [plan], []);
      executor.submit(plan, inputs(config));
      const metrics = new Float32Array(await executor.readOutput(plan, 'metrics'));
      const golden = await openGolden(config.modelType);
      const [loss] = await golden.readF32('loss');
      expect(metrics[metricIndex.lossSum]! / (batch * length)).toBeCloseTo(loss!, 5);
      const { gradients } = model.parameters;
      for (const { name, tensor } of modelParts(model.parameters)) {
        const { storage } = tensor;
        if (storage.kind !== 'arena' || !gradients) throw new Error('parameters live in arenas');
        const gradient = { ...tensor, storage: { ...storage, arena: gradients } };
        const actual = new Float32Array(await executor.readTensor(gradient));
        const error = relativeError(actual, await golden.readF32(`grad.${name}`));
        expect(error, `gradient of ${name}`).toBeLessThan(1e-4);
      }
      executor.destroy();
    });

    it('gives the first ten losses of AdamW', async () => {
      const device = await makeDevice();
      const model = createModel(config, { training: true });
      const state = createOptimizerState(model, goldenTraining);
      const tape = recordLoss(model, shape, { training: true });
      recordUpdate(tape, model, state, goldenTraining);
      const plan = makePlan(tape, device.limits.maxBindingBytes);
      const executor = await openModel(device, model, [plan], [...state.arenas.values()]);
      const losses: number[] = [];
      for (let step = 1; step <= 10; step++) {
        executor.submit(
          plan,
          inputs(config, {
            learningRate: goldenTraining.learningRate,
            biasCorrection1: 1 - goldenTraining.adamBeta1 ** step,
            biasCorrection2: 1 - goldenTraining.adamBeta2 ** step,
          }),
        );
        const metrics = new Float32Array(await executor.readOutput(plan, 'metrics'));
        losses.push(metrics[metricIndex.lossSum]! / (batch * length));
      }
      executor.destroy();
      const golden = await openGolden(config.modelType);
      expect(relativeError(losses, await golden.readF32('losses'))).toBeLessThan(1e-4);
    });

    it('decodes token by token what one pass computes', async () => {
      const device = await makeDevice();
      const model = createModel(config, { training: false });
      const whole = makePlan(
        recordLogits(model, { batch: 1, length }, { training: false }),
        device.limits.maxBindingBytes,
      );
      const generation = recordGeneration(model, device.limits.maxBindingBytes);
      const prefill = generation.prefills[0]!;
      const executor = await openModel(
        device,
        model,
        [whole, prefill.plan, generation.decode],
        [generation.cacheArena],
      );
      const { ids } = goldenTokens();
      const row = ids.subarray(0, length);
      executor.submit(whole, tokenPass({ ids: row, targets: row }, length, config.vocabSize, {}));
      const expected = new Float32Array(await executor.readOutput(whole, 'logits'));
      const prompt = new Uint32Array(prefill.length);
      prompt.set(row.subarray(0, 4));
      executor.submit(prefill.plan, {
        ...tokenPass({ ids: prompt, targets: prompt }, prefill.length, config.vocabSize, {}),
        lastRows: Uint32Array.of(3),
      });
      const V = config.vocabSize;
      const afterPrompt = new Float32Array(await executor.readOutput(prefill.plan, 'logits'));
      expect(relativeError(afterPrompt, expected.subarray(3 * V, 4 * V))).toBeLessThan(1e-5);
      for (let t = 4; t < length; t++) {
        executor.submit(generation.decode, {
          ids: row.subarray(t, t + 1),
          idOrder: Uint32Array.of(0),
          positions: Uint32Array.of(t),
          positionOrder: Uint32Array.of(0),
          validRange: Uint32Array.of(0, t + 1),
        });
        const actual = new Float32Array(await executor.readOutput(generation.decode, 'logits'));
        expect(relativeError(actual, expected.subarray(t * V, (t + 1) * V)), `position ${t}`).toBeLessThan(
          1e-5,
        );
      }
      executor.destroy();
    });
  });
}

onCpuAndWebgpu((makeDevice) => suite(makeDevice, goldenConfigs));
// The operations that forms differ in are tested with these kernels by themselves.
onKernelsForGpus((makeDevice) =>
  suite(
    makeDevice,
    goldenConfigs.filter(({ modelType }) => modelType === 'llama'),
  ),
);
