// The encoder-decoder form against PyTorch's nn.Transformer: logits, loss with and without label smoothing, every
// gradient and ten AdamW losses, of sources of unequal lengths; generation's cached passes against the whole pass;
// gradients under dropout against differences.

import { describe, expect, it } from 'vitest';
import { type Plan } from '../../../engine/graph/plan.ts';
import {
  createTargetCaches,
  recordEncode,
  recordTargetDecode,
} from '../../../engine/models/encoder-decoder.ts';
import { recordLogits, recordLoss } from '../../../engine/models/loss.ts';
import { countParameters, createModel } from '../../../engine/models/model.ts';
import { presets } from '../../../engine/models/presets.ts';
import { inArena, modelParts } from '../../../engine/models/weights.ts';
import { sortedOrder } from '../../../engine/ops/embedding/embedding.ts';
import { createOptimizerState, recordUpdate } from '../../../engine/training/optimizer.ts';
import { casesFor, onCpuAndWebgpu, onCpuDevice } from '../on-each-device.ts';
import { finiteDifference } from '../tolerances.ts';
import { goldenTraining, goldenWeights, logitsOf, openGolden, openTapes, relativeError } from './golden.ts';
import { goldenPairs } from './golden-pairs.ts';
import { transformerForms } from './golden-transformer.ts';

// tests/golden/make_transformer_goldens.py: torch 2.15.0
const [sourceLength, length] = [7, 6];
const pairs = goldenPairs({ length, sourceLength, shortSource: 4 });
const { batch, vocabSize, shape, ids, sourceIds, sourceRange } = pairs;
const { sourcePass, inputs, lossOf } = pairs;
const labelSmoothing = 0.1;
/** A software adapter compiles all shaders of training in the first test that needs them. */
const shadersMs = 180_000;

onCpuAndWebgpu((makeDevice, kind) => {
  describe.each(casesFor(kind, transformerForms, ({ name }) => name === 'transformer-post'))(
    '$name',
    ({ name, config }) => {
      it('gives the logits of nn.Transformer', async () => {
        const model = createModel(config, { training: false });
        const tape = recordLogits(model, shape, { training: false });
        const { executor, plans } = await openTapes(await makeDevice(), model, [tape]);
        executor.submit(plans[0]!, inputs());
        const actual = await logitsOf(executor, plans[0]!);
        executor.destroy();
        const golden = await openGolden(name);
        expect(relativeError(actual, await golden.readF32('logits'))).toBeLessThan(1e-5);
      });

      it('gives the loss and every gradient of PyTorch', { timeout: shadersMs }, async () => {
        const model = createModel(config, { training: true });
        const tapes = [
          recordLoss(model, shape, { training: true }),
          recordLoss(model, shape, { training: true, labelSmoothing }),
        ];
        const { executor, plans } = await openTapes(await makeDevice(), model, tapes);
        const golden = await openGolden(name);
        executor.submit(plans[1]!, inputs());
        const [smoothed] = await golden.readF32('smoothed');
        expect(await lossOf(executor, plans[1]!)).toBeCloseTo(smoothed!, 5);
        executor.submit(plans[0]!, inputs());
        const [loss] = await golden.readF32('loss');
        expect(await lossOf(executor, plans[0]!)).toBeCloseTo(loss!, 5);
        const parts = modelParts(model.parameters);
        expect(golden.tensors.size).toBe(parts.length + 4);
        for (const part of parts) {
          const gradient = inArena(part, model.parameters.gradients!);
          const actual = new Float32Array(await executor.readTensor(gradient));
          const expected = await golden.readF32(`grad.${part.name}`);
          // A row's weights do not change with the bias of its keys: that gradient is zero but for rounding.
          const isZero = part.name.endsWith('.k_proj.bias');
          const error = isZero ? Math.max(...actual.map(Math.abs)) : relativeError(actual, expected);
          expect(error, `gradient of ${part.name}`).toBeLessThan(isZero ? 1e-6 : 1e-4);
        }
        executor.destroy();
      });

      it('gives the first ten losses of AdamW with label smoothing', async () => {
        const model = createModel(config, { training: true });
        const state = createOptimizerState(model, goldenTraining);
        const tape = recordLoss(model, shape, { training: true, labelSmoothing });
        recordUpdate(tape, model, state, goldenTraining);
        const { executor, plans } = await openTapes(
          await makeDevice(),
          model,
          [tape],
          [...state.arenas.values()],
        );
        const losses: number[] = [];
        for (let step = 1; step <= 10; step++) {
          const scalars = {
            learningRate: goldenTraining.learningRate,
            biasCorrection1: 1 - goldenTraining.adamBeta1 ** step,
            biasCorrection2: 1 - goldenTraining.adamBeta2 ** step,
          };
          executor.submit(plans[0]!, inputs(scalars));
          losses.push(await lossOf(executor, plans[0]!));
        }
        executor.destroy();
        const golden = await openGolden(name);
        expect(relativeError(losses, await golden.readF32('losses'))).toBeLessThan(1e-4);
      });

      it('decodes token by token what one pass computes, from sources padded further', async () => {
        const model = createModel(config, { training: false });
        const options = { training: false };
        const caches = createTargetCaches(config, batch, 8, 11);
        const paddedLength = 10;
        const tapes = [
          recordLogits(model, shape, options),
          recordEncode(model, { batch, sourceLength: paddedLength }, caches.crossCaches, options),
          recordTargetDecode(model, batch, caches, options),
        ];
        const { executor, plans } = await openTapes(await makeDevice(), model, tapes, [caches.arena]);
        const [whole, encode, decode] = plans as [Plan, Plan, Plan];
        executor.submit(whole, inputs());
        const expected = await logitsOf(executor, whole);
        const padded = Uint32Array.from({ length: batch * paddedLength }, (_, i) => {
          const place = i % paddedLength;
          return place < sourceLength ? sourceIds[Math.floor(i / paddedLength) * sourceLength + place]! : 3;
        });
        executor.submit(encode, sourcePass(padded, paddedLength));
        for (let t = 0; t < length; t++) {
          executor.submit(decode, {
            ids: Uint32Array.from({ length: batch }, (_, b) => ids[b * length + t]!),
            idOrder: Uint32Array.of(0, 1),
            positions: Uint32Array.of(t, t),
            positionOrder: Uint32Array.of(0, 1),
            validRange: Uint32Array.of(0, t + 1, 0, t + 1),
            sourceRange,
          });
          const actual = await logitsOf(executor, decode);
          for (let b = 0; b < batch; b++) {
            const at = (b * length + t) * vocabSize;
            const row = actual.subarray(b * vocabSize, (b + 1) * vocabSize);
            expect(
              relativeError(row, expected.subarray(at, at + vocabSize)),
              `row ${b}, position ${t}`,
            ).toBeLessThan(1e-5);
          }
        }
        executor.destroy();
      });
    },
  );
});

onCpuDevice((makeDevice) => {
  it('has the gradient of what dropout leaves', async () => {
    const dropouts = { dropout: 0.2, attentionDropout: 0.3, activationDropout: 0.4 };
    for (const { name, config } of transformerForms) {
      const model = createModel({ ...config, hiddenAct: 'gelu', ...dropouts }, { training: true });
      const tape = recordLoss(model, shape, { training: true });
      const { executor, plans } = await openTapes(await makeDevice(), model, [tape]);
      const scalars = { randomKeyLow: 5, randomKeyHigh: 7 };
      const lossAt = async (step: number, gradients: readonly Float32Array[]): Promise<number> => {
        const weights = goldenWeights(model);
        modelParts(model.parameters).forEach((part, i) => {
          const moved = weights.get(part.name)!.map((value, at) => value + step * gradients[i]![at]!);
          executor.writeTensor(part.tensor, moved);
        });
        executor.submit(plans[0]!, inputs(scalars));
        return lossOf(executor, plans[0]!);
      };
      executor.submit(plans[0]!, inputs(scalars));
      const gradients = await Promise.all(
        modelParts(model.parameters).map(
          async (part) =>
            new Float32Array(await executor.readTensor(inArena(part, model.parameters.gradients!))),
        ),
      );
      const squared = gradients.reduce((sum, one) => sum + one.reduce((of, value) => of + value ** 2, 0), 0);
      const step = 0.005 / Math.sqrt(squared);
      const slope = ((await lossAt(step, gradients)) - (await lossAt(-step, gradients))) / (2 * step);
      expect(Math.abs(slope / squared - 1), name).toBeLessThan(finiteDifference);
      const [loss] = await (await openGolden(name)).readF32('loss');
      expect(Math.abs((await lossAt(0, gradients)) - loss!), 'something is dropped').toBeGreaterThan(1e-3);
      executor.destroy();
    }
  });

  it('does not see padding on the left of a target', async () => {
    const { config } = transformerForms[1]!;
    const model = createModel(config, { training: false });
    const options = { training: false };
    const padding = 3;
    const paddedLength = length + padding;
    const tapes = [
      recordLogits(model, shape, options),
      recordLogits(model, { ...shape, length: paddedLength, isPadded: true }, options),
    ];
    const { executor, plans } = await openTapes(await makeDevice(), model, tapes);
    executor.submit(plans[0]!, inputs());
    const expected = await logitsOf(executor, plans[0]!);
    const place = (i: number): number => (i % paddedLength) - padding;
    const padded = Uint32Array.from({ length: batch * paddedLength }, (_, i) =>
      place(i) < 0 ? 4 : ids[Math.floor(i / paddedLength) * length + place(i)]!,
    );
    const positions = padded.map((_, i) => Math.max(0, place(i)));
    executor.submit(plans[1]!, {
      ids: padded,
      idOrder: sortedOrder(padded, vocabSize),
      positions,
      positionOrder: sortedOrder(positions, length),
      validRange: Uint32Array.of(padding, paddedLength, padding, paddedLength),
      ...sourcePass(sourceIds, sourceLength),
    });
    const actual = await logitsOf(executor, plans[1]!);
    const kept = actual.filter((_, i) => place(Math.floor(i / vocabSize)) >= 0);
    expect(relativeError(kept, expected)).toBeLessThan(1e-5);
    executor.destroy();
  });
});

describe('the preset nn-transformer', () => {
  it('has the parameters of nn.Transformer(), three tables beside', () => {
    const { model } = presets.find(({ name }) => name === 'nn-transformer')!.settings;
    // sum(p.numel() for p in torch.nn.Transformer().parameters()): torch 2.15.0
    expect(countParameters(model) - 3 * 10_000 * 512).toBe(44_140_544);
  });
});
