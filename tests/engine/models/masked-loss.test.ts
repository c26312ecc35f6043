// Tokens that are not trained on, from the flags of a token source to the gradients of accumulated micro-steps,
// against PyTorch.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { evaluationBatch, type TokenSource } from '../../../engine/data/windows.ts';
import { evaluateBatches } from '../../../engine/evaluation/evaluate-batches.ts';
import { tokenPass } from '../../../engine/data/token-pass.ts';
import { Executor } from '../../../engine/graph/executor.ts';
import { makePlan } from '../../../engine/graph/plan.ts';
import { metricIndex } from '../../../engine/graph/scalars.ts';
import { createModel, modelArenas } from '../../../engine/models/model.ts';
import { recordLoss } from '../../../engine/models/loss.ts';
import { writeConstants } from '../../../engine/models/init.ts';
import { modelParts } from '../../../engine/models/weights.ts';
import { onCpuAndWebgpu } from '../on-each-device.ts';
import { batch, goldenConfigs, goldenWeights, length, relativeError } from './golden.ts';

interface Golden {
  readonly trainedOn: number[][];
  readonly targetCount: number;
  readonly loss: number;
  readonly gradients: Record<string, number[]>;
}

// tests/golden/make_masked_goldens.py: torch 2.15.0
const golden = JSON.parse(
  readFileSync(new URL('../../golden/models/masked.json', import.meta.url), 'utf8'),
) as Golden;

const flags = Uint8Array.from(golden.trainedOn.flat());
const tokens = Uint32Array.from(flags, (_, i) => (i * 7) % 29);
const source: TokenSource = {
  tokenCount: tokens.length,
  read: (start, count) => Promise.resolve(tokens.slice(start, start + count)),
  readTrainedOn: (start, count) => Promise.resolve(flags.slice(start, start + count)),
};

onCpuAndWebgpu((makeDevice) => {
  describe('a loss with tokens that are not trained on', () => {
    it('and its gradients over two micro-steps are those of PyTorch', async () => {
      const device = await makeDevice();
      const config = goldenConfigs[0]!;
      const model = createModel(config, { training: true });
      const shape = { batch: 1, length };
      const plans = [false, true].map((accumulateGradients) =>
        makePlan(
          recordLoss(model, shape, { training: true, accumulateGradients }),
          device.limits.maxBindingBytes,
        ),
      );
      const evaluation = makePlan(
        recordLoss(model, shape, { training: false }),
        device.limits.maxBindingBytes,
      );
      const executor = await Executor.create(device, modelArenas(model), [...plans, evaluation]);
      writeConstants(executor, model);
      const weights = goldenWeights(model);
      const parts = modelParts(model.parameters);
      for (const { name, tensor } of parts) executor.writeTensor(tensor, weights.get(name)!);

      const batches = await Promise.all(plans.map((_, i) => evaluationBatch(source, i, batch, 1, length)));
      const targetCount = batches.reduce((sum, one) => sum + one.targetCount, 0);
      expect(targetCount).toBe(golden.targetCount);
      let lossSum = 0;
      for (const [i, plan] of plans.entries()) {
        const scalars = { lossScale: 1 / targetCount };
        executor.submit(plan, tokenPass(batches[i]!, length, config.vocabSize, scalars));
        lossSum += new Float32Array(await executor.readOutput(plan, 'metrics'))[metricIndex.lossSum]!;
      }
      expect(lossSum / targetCount).toBeCloseTo(golden.loss, 5);
      for (const { name, tensor } of parts) {
        const expected = golden.gradients[name];
        if (!expected) continue;
        const { storage } = tensor;
        const { gradients } = model.parameters;
        if (storage.kind !== 'arena' || !gradients) throw new Error('parameters live in arenas');
        const gradient = { ...tensor, storage: { ...storage, arena: gradients } };
        const actual = new Float32Array(await executor.readTensor(gradient));
        expect(relativeError(actual, expected), `gradient of ${name}`).toBeLessThan(1e-4);
      }
      // Held-out text is measured by the same rule.
      const measured = (from: TokenSource) =>
        evaluateBatches(
          executor,
          () => evaluation,
          (async function* () {
            for (let index = 0; index < batch; index++) {
              const windows = await evaluationBatch(from, index, batch, 1, length);
              const inputs = tokenPass(windows, length, config.vocabSize, {});
              yield { shapeIndex: 0, inputs, targetCount: windows.targetCount, tokenCount: length };
            }
          })(),
        );
      expect((await measured(source)).loss).toBeCloseTo(golden.loss, 5);
      const nothing = { ...source, readTrainedOn: () => Promise.resolve(new Uint8Array(length)) };
      const evaluatedOnNothing = measured(nothing);
      await expect(evaluatedOnNothing).rejects.toMatchObject({ code: 'no-trained-tokens' });
      executor.destroy();
    });
  });
});
