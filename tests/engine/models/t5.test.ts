// The T5 form against transformers' T5ForConditionalGeneration, the first and 1.1: logits, loss, every gradient and ten
// AdamW losses, of sources of unequal lengths; generation's cached passes against the whole pass.

import { describe, expect, it } from 'vitest';
import { defaultsOf, t5Fields, type T5Config } from '../../../engine/config.ts';
import { type Plan } from '../../../engine/graph/plan.ts';
import {
  createTargetCaches,
  recordEncode,
  recordTargetDecode,
} from '../../../engine/models/encoder-decoder.ts';
import { recordLogits, recordLoss } from '../../../engine/models/loss.ts';
import { createModel } from '../../../engine/models/model.ts';
import { inArena, modelParts } from '../../../engine/models/weights.ts';
import { createOptimizerState, recordUpdate } from '../../../engine/training/optimizer.ts';
import { casesFor, onCpuAndWebgpu } from '../on-each-device.ts';
import { goldenTraining, logitsOf, openGolden, openTapes, relativeError } from './golden.ts';
import { goldenPairs } from './golden-pairs.ts';

// tests/golden/make_t5_goldens.py: transformers 5.23.0, torch 2.15.0
const [sourceLength, length] = [13, 10];
const pairs = goldenPairs({ length, sourceLength, shortSource: 6 });
const { batch, vocabSize, shape, ids, sourceIds, sourceRange } = pairs;
const { sourcePass, inputs, lossOf } = pairs;
const shared = {
  modelType: 't5' as const,
  ...defaultsOf(t5Fields),
  vocabSize,
  hiddenSize: 16,
  numAttentionHeads: 3,
  headDim: 6,
  intermediateSize: 20,
  relativeAttentionNumBuckets: 8,
  relativeAttentionMaxDistance: 7,
  dropoutRate: 0,
};
const forms: readonly { name: string; config: T5Config }[] = [
  {
    name: 't5-v1_0',
    config: { ...shared, numHiddenLayers: 2, numDecoderLayers: 1, hiddenAct: 'relu', isGatedAct: false },
  },
  {
    name: 't5-v1_1',
    config: { ...shared, numHiddenLayers: 1, numDecoderLayers: 2, tieWordEmbeddings: false },
  },
];

onCpuAndWebgpu((makeDevice, kind) => {
  describe.each(casesFor(kind, forms, ({ name }) => name === 't5-v1_1'))('$name', ({ name, config }) => {
    it('gives the logits of transformers', async () => {
      const model = createModel(config, { training: false });
      const tape = recordLogits(model, shape, { training: false });
      const { executor, plans } = await openTapes(await makeDevice(), model, [tape]);
      executor.submit(plans[0]!, inputs());
      const actual = await logitsOf(executor, plans[0]!);
      executor.destroy();
      const golden = await openGolden(name);
      expect(relativeError(actual, await golden.readF32('logits'))).toBeLessThan(1e-5);
    });

    it('gives the loss and every gradient of PyTorch', async () => {
      const model = createModel(config, { training: true });
      const tape = recordLoss(model, shape, { training: true });
      const { executor, plans } = await openTapes(await makeDevice(), model, [tape]);
      const golden = await openGolden(name);
      executor.submit(plans[0]!, inputs());
      const [loss] = await golden.readF32('loss');
      expect(await lossOf(executor, plans[0]!)).toBeCloseTo(loss!, 5);
      const parts = modelParts(model.parameters);
      expect(golden.tensors.size).toBe(parts.length + 3);
      for (const part of parts) {
        const gradient = inArena(part, model.parameters.gradients!);
        const actual = new Float32Array(await executor.readTensor(gradient));
        const expected = await golden.readF32(`grad.${part.name}`);
        expect(relativeError(actual, expected), `gradient of ${part.name}`).toBeLessThan(1e-4);
      }
      executor.destroy();
    });

    it('gives the first ten losses of AdamW', async () => {
      const model = createModel(config, { training: true });
      const state = createOptimizerState(model, goldenTraining);
      const tape = recordLoss(model, shape, { training: true });
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
      const caches = createTargetCaches(config, batch, 12, 17);
      const paddedLength = 15;
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
  });

  it('trains with dropout and padding on either side of the target, and drops otherwise with another key', async () => {
    const config = { ...forms[1]!.config, dropoutRate: 0.3 };
    const model = createModel(config, { training: true });
    const padded = { ...shape, isPadded: true };
    const state = createOptimizerState(model, goldenTraining);
    const tape = recordLoss(model, padded, { training: true });
    recordUpdate(tape, model, state, goldenTraining);
    const tapes = [tape, recordLoss(model, padded, { training: true })];
    const { executor, plans } = await openTapes(await makeDevice(), model, tapes, [...state.arenas.values()]);
    const validRange = Uint32Array.of(0, length, 0, length - 2);
    const lossWith = async (randomKeyLow: number): Promise<number> => {
      executor.submit(plans[1]!, { ...inputs({ randomKeyLow }), validRange });
      return lossOf(executor, plans[1]!);
    };
    const [first, again, other] = [await lossWith(1), await lossWith(1), await lossWith(2)];
    expect(again).toBe(first);
    expect(Math.abs(other - first)).toBeGreaterThan(1e-3);
    for (let step = 1; step <= 20; step++) {
      const scalars = {
        learningRate: goldenTraining.learningRate,
        biasCorrection1: 1 - goldenTraining.adamBeta1 ** step,
        biasCorrection2: 1 - goldenTraining.adamBeta2 ** step,
        randomKeyLow: step,
      };
      executor.submit(plans[0]!, { ...inputs(scalars), validRange });
    }
    expect(await lossWith(1)).toBeLessThan(first - 0.5);
    executor.destroy();
  });
});
