// The T5 form against transformers' T5ForConditionalGeneration, the first and 1.1: logits, loss, every gradient and ten
// AdamW losses, of sources of unequal lengths; generation's cached passes against the whole pass.

import { describe, expect, it } from 'vitest';
import { defaultsOf, t5Fields, trainingFields, type T5Config } from '../../../engine/config.ts';
import type { Device } from '../../../engine/device/device.ts';
import { Executor } from '../../../engine/graph/executor.ts';
import { makePlan, type Plan } from '../../../engine/graph/plan.ts';
import { metricIndex, packScalars, type ScalarName } from '../../../engine/graph/scalars.ts';
import type { Tape } from '../../../engine/graph/tape.ts';
import type { Arena } from '../../../engine/graph/tensor.ts';
import { ignoreIndex } from '../../../engine/ignore-index.ts';
import {
  createTargetCaches,
  recordEncode,
  recordTargetDecode,
} from '../../../engine/models/encoder-decoder.ts';
import { writeConstants } from '../../../engine/models/init.ts';
import { recordLogits, recordLoss } from '../../../engine/models/loss.ts';
import { createModel, modelArenas, type Model } from '../../../engine/models/model.ts';
import { inArena, modelParts } from '../../../engine/models/weights.ts';
import { sortedOrder } from '../../../engine/ops/embedding/embedding.ts';
import { createOptimizerState, recordUpdate } from '../../../engine/training/optimizer.ts';
import { casesFor, onCpuAndWebgpu } from '../on-each-device.ts';
import { goldenWeights, openGolden, relativeError } from './golden.ts';

// tests/golden/make_t5_goldens.py: transformers 5.23.0, torch 2.15.0
const [batch, sourceLength, length, vocabSize] = [2, 13, 10, 29];
const shape = { batch, length, sourceLength };
const sourceRange = Uint32Array.of(0, 13, 0, 6);
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
const training = {
  ...defaultsOf(trainingFields),
  maxSteps: 10,
  learningRate: 1e-2,
  adamBeta2: 0.95,
  weightDecay: 0.1,
  maxGradNorm: 1,
};

const token = (b: number, t: number): number => ((b * (length + 1) + t) * 7) % vocabSize;
const perTarget = (of: (b: number, t: number) => number): Uint32Array =>
  Uint32Array.from({ length: batch * length }, (_, i) => of(Math.floor(i / length), i % length));
const ids = perTarget(token);
const targets = perTarget((b, t) => (b === 1 && t >= length - 2 ? ignoreIndex : token(b, t + 1)));
const targetCount = batch * length - 2;
const sourceIds = Uint32Array.from({ length: batch * sourceLength }, (_, i) => (i * 5) % vocabSize);

function sourcePass(sources: Uint32Array, paddedLength: number): Record<string, Uint32Array> {
  const positions = Uint32Array.from(sources, (_, i) => i % paddedLength);
  return {
    sourceIds: sources,
    sourceIdOrder: sortedOrder(sources, vocabSize),
    sourcePositions: positions,
    sourcePositionOrder: sortedOrder(positions, paddedLength),
    sourceRange,
  };
}

function inputs(scalars: Partial<Record<ScalarName, number>> = {}): Record<string, Uint32Array> {
  const positions = perTarget((_, t) => t);
  return {
    ids,
    idOrder: sortedOrder(ids, vocabSize),
    positions,
    positionOrder: sortedOrder(positions, length),
    targets,
    scalars: packScalars({ lossScale: 1 / targetCount, ...scalars }),
    ...sourcePass(sourceIds, sourceLength),
  };
}

async function open(
  device: Device,
  model: Model,
  tapes: readonly Tape[],
  arenas: readonly Arena[] = [],
): Promise<{ executor: Executor; plans: Plan[] }> {
  const plans = tapes.map((tape) => makePlan(tape, device.limits.maxBindingBytes));
  const executor = await Executor.create(device, [...modelArenas(model), ...arenas], plans);
  writeConstants(executor, model);
  const weights = goldenWeights(model);
  for (const { name, tensor } of modelParts(model.parameters)) {
    executor.writeTensor(tensor, weights.get(name)!);
  }
  return { executor, plans };
}

async function lossOf(executor: Executor, plan: Plan): Promise<number> {
  const metrics = new Float32Array(await executor.readOutput(plan, 'metrics'));
  return metrics[metricIndex.lossSum]! / targetCount;
}

async function logitsOf(executor: Executor, plan: Plan): Promise<Float32Array> {
  return new Float32Array(await executor.readOutput(plan, 'logits'));
}

onCpuAndWebgpu((makeDevice, kind) => {
  describe.each(casesFor(kind, forms, ({ name }) => name === 't5-v1_1'))('$name', ({ name, config }) => {
    it('gives the logits of transformers', async () => {
      const model = createModel(config, { training: false });
      const tape = recordLogits(model, shape, { training: false });
      const { executor, plans } = await open(await makeDevice(), model, [tape]);
      executor.submit(plans[0]!, inputs());
      const actual = await logitsOf(executor, plans[0]!);
      executor.destroy();
      const golden = await openGolden(name);
      expect(relativeError(actual, await golden.readF32('logits'))).toBeLessThan(1e-5);
    });

    it('gives the loss and every gradient of PyTorch', async () => {
      const model = createModel(config, { training: true });
      const tape = recordLoss(model, shape, { training: true });
      const { executor, plans } = await open(await makeDevice(), model, [tape]);
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
      const state = createOptimizerState(model, training);
      const tape = recordLoss(model, shape, { training: true });
      recordUpdate(tape, model, state, training);
      const { executor, plans } = await open(await makeDevice(), model, [tape], [...state.arenas.values()]);
      const losses: number[] = [];
      for (let step = 1; step <= 10; step++) {
        const scalars = {
          learningRate: training.learningRate,
          biasCorrection1: 1 - training.adamBeta1 ** step,
          biasCorrection2: 1 - training.adamBeta2 ** step,
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
      const { executor, plans } = await open(await makeDevice(), model, tapes, [caches.arena]);
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
    const state = createOptimizerState(model, training);
    const tape = recordLoss(model, padded, { training: true });
    recordUpdate(tape, model, state, training);
    const tapes = [tape, recordLoss(model, padded, { training: true })];
    const { executor, plans } = await open(await makeDevice(), model, tapes, [...state.arenas.values()]);
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
        learningRate: training.learningRate,
        biasCorrection1: 1 - training.adamBeta1 ** step,
        biasCorrection2: 1 - training.adamBeta2 ** step,
        randomKeyLow: step,
      };
      executor.submit(plans[0]!, { ...inputs(scalars), validRange });
    }
    expect(await lossWith(1)).toBeLessThan(first - 0.5);
    executor.destroy();
  });
});
