// Training chosen layers: which parameters change, that all others keep every bit, and that nothing is computed
// for those.

import { describe, expect, it } from 'vitest';
import {
  defaultsOf,
  trainingFields,
  tuningFields,
  type ModelConfig,
  type TuningConfig,
} from '../../../engine/config.ts';
import { tokenPass } from '../../../engine/data/token-pass.ts';
import { Executor } from '../../../engine/graph/executor.ts';
import { makePlan } from '../../../engine/graph/plan.ts';
import type { Tape } from '../../../engine/graph/tape.ts';
import { writeConstants } from '../../../engine/models/init.ts';
import { recordLoss } from '../../../engine/models/loss.ts';
import { createModel, modelArenas, type Model } from '../../../engine/models/model.ts';
import { inArena, modelParts, trainableParts } from '../../../engine/models/weights.ts';
import { createOptimizerState, recordUpdate } from '../../../engine/training/optimizer.ts';
import { onCpuDevice } from '../on-each-device.ts';
import {
  batch,
  goldenConfigs,
  goldenTokens,
  goldenWeights,
  length,
  openGolden,
  relativeError,
} from './golden.ts';

const shape = { batch, length };
const training = { ...defaultsOf(trainingFields), learningRate: 1e-2, weightDecay: 0.1, maxGradNorm: 0 };
const [gpt2, llama] = goldenConfigs as [ModelConfig, ModelConfig];

function tuned(config: ModelConfig, trainLayers: string): Model {
  const tuning: TuningConfig = { ...defaultsOf(tuningFields), method: 'layers', trainLayers };
  return createModel(config, { training: true, tuning });
}

function lossTape(model: Model): Tape {
  return recordLoss(model, shape, { training: true });
}

onCpuDevice((makeDevice) => {
  it.each([gpt2, llama])(
    '$modelType: last:1 has the gradients of the whole model where it has any',
    async (config) => {
      const device = await makeDevice();
      const model = tuned(config, 'last:1');
      const state = createOptimizerState(model, training);
      const tape = lossTape(model);
      recordUpdate(tape, model, state, training);
      const plan = makePlan(tape, device.limits.maxBindingBytes);
      const executor = await Executor.create(
        device,
        [...modelArenas(model), ...state.arenas.values()],
        [plan],
      );
      writeConstants(executor, model);
      const weights = goldenWeights(model);
      for (const { name, tensor } of modelParts(model.parameters))
        executor.writeTensor(tensor, weights.get(name)!);
      const inputs = tokenPass(goldenTokens(), length, config.vocabSize, {
        lossScale: 1 / (batch * length),
        learningRate: training.learningRate,
        biasCorrection1: 0.1,
        biasCorrection2: 0.1,
      });
      executor.submit(plan, inputs);
      const golden = await openGolden(config.modelType);
      const trained = trainableParts(model.parameters);
      for (const part of trained) {
        const actual = new Float32Array(
          await executor.readTensor(inArena(part, model.parameters.gradients!)),
        );
        expect(relativeError(actual, await golden.readF32(`grad.${part.name}`)), part.name).toBeLessThan(
          1e-4,
        );
      }
      executor.submit(plan, inputs);
      const names = new Set(trained.map(({ name }) => name));
      for (const { name, tensor } of modelParts(model.parameters)) {
        const now = new Float32Array(await executor.readTensor(tensor));
        const isUnchanged = now.every((value, i) => value === weights.get(name)![i]);
        expect(isUnchanged, name).toBe(!names.has(name));
      }
      executor.destroy();
    },
  );
});

describe('trained layers', () => {
  const namesOf = (config: ModelConfig, layers: string): string[] =>
    trainableParts(tuned(config, layers).parameters).map(({ name }) => name);
  const four = { ...llama, numHiddenLayers: 9 } as ModelConfig;
  const layersOf = (text: string): number[] => [
    ...new Set(
      namesOf(four, text)
        .flatMap((name) => /layers\.(\d+)\./.exec(name)?.[1] ?? [])
        .map(Number),
    ),
  ];

  it('are numbers, ranges and the last few', () => {
    expect(layersOf('0,3,5-7')).toEqual([0, 3, 5, 6, 7]);
    expect(layersOf('last:2')).toEqual([7, 8]);
    expect(layersOf(' 1 , last:1')).toEqual([1, 8]);
  });

  it('come with the last norm and a head of its own, never with a table', () => {
    expect(namesOf(llama, 'last:1').filter((name) => !name.includes('.layers.'))).toEqual([
      'lm_head.weight',
      'model.norm.weight',
    ]);
    expect(namesOf(gpt2, '1').filter((name) => !name.includes('.h.'))).toEqual([
      'transformer.ln_f.weight',
      'transformer.ln_f.bias',
    ]);
  });

  it.each(['9', '0-9', 'last:10', 'last:0', '3-2', 'first:2', '', '1,,2', '-1', '1.5'])(
    'refuse "%s" with the layers that there are',
    (text) => {
      expect(() => tuned(four, text)).toThrow('names no layers of this model, which has 9: 0 to 8.');
    },
  );

  it('cost fewer commands the higher the lowest of them stands', () => {
    const count = (model: Model): number => lossTape(model).commands.length;
    const deep = { ...gpt2, numHiddenLayers: 6 } as ModelConfig;
    const full = count(createModel(deep, { training: true }));
    const counts = ['0', '3', 'last:1'].map((layers) => count(tuned(deep, layers)));
    expect(counts.toSorted((a, b) => b - a)).toEqual(counts);
    expect(new Set([full, ...counts]).size).toBe(4);
    expect(full).toBe(Math.max(full, ...counts));
    // Below the only trained layer stands the forward pass alone.
    const forward = recordLoss(createModel(deep, { training: false }), shape, { training: false });
    const perLayer = (forward.commands.length - 3) / 6;
    expect(counts[2]! - forward.commands.length).toBeLessThan(3 * perLayer);
  });
});
