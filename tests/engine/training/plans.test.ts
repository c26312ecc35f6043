// What a run's plans cost, known without a device: commands a layer and bytes by purpose.

import { describe, expect, it } from 'vitest';
import {
  dataFields,
  defaultsOf,
  settingsSchemaVersion,
  trainingFields,
  tuningFields,
  type RunSettings,
} from '../../../engine/config.ts';
import { recordGeneration } from '../../../engine/generation/plans.ts';
import { countParameters, createModel } from '../../../engine/models/model.ts';
import { allPlans, memoryNeed, planTraining } from '../../../engine/training/plans.ts';
import { makeCpuDevice } from '../on-each-device.ts';
import { Executor } from '../../../engine/graph/executor.ts';
import { requireMemory } from '../../../engine/training/preflight.ts';
import { smallModels } from './small-run.ts';

function settingsOf(
  model: RunSettings['model'],
  training: Partial<RunSettings['training']> = {},
): RunSettings {
  return {
    schemaVersion: settingsSchemaVersion,
    task: 'text',
    preset: null,
    model,
    training: { ...defaultsOf(trainingFields), maxSteps: 10, ...training },
    data: defaultsOf(dataFields),
    tuning: defaultsOf(tuningFields),
    labels: [],
  };
}

describe.each(Object.entries(smallModels))('%s', (_, model) => {
  // The goal of an engine that is not bound by launching: 26 commands a layer and 12 beside them. Dropout
  // adds four a layer and two for the embeddings, which only models of five layers and more make up for.
  const noDropout = { embdPdrop: 0, residPdrop: 0, attnPdrop: 0, attentionDropout: 0 };
  it.each([
    [1, noDropout],
    [2, noDropout],
    [6, noDropout],
    [6, {}],
  ])('needs at most 26 commands a layer plus 12 with %i layers and %o', (numHiddenLayers, dropout) => {
    const plans = planTraining(
      settingsOf({ ...model, numHiddenLayers, ...dropout } as typeof model),
      Infinity,
    );
    expect(plans.shapes[0]!.microSteps[0]!.tape.commands.length).toBeLessThanOrEqual(
      26 * numHiddenLayers + 12,
    );
  });

  it('allocates what it said it would', async () => {
    const plans = planTraining(settingsOf(model), Infinity);
    const created: number[] = [];
    const device = await makeCpuDevice(1);
    const { createBuffer } = device;
    device.createBuffer = (label, sizeBytes) => {
      created.push(sizeBytes);
      return createBuffer.call(device, label, sizeBytes);
    };
    const executor = await Executor.create(device, plans.arenas, allPlans(plans));
    expect(created.reduce((sum, size) => sum + size, 0)).toBe(memoryNeed(plans).totalBytes);
    executor.destroy();
    await device.destroy();
  });
});

describe('gpt2-124m', () => {
  it('has the published number of parameters', () => {
    const model = {
      ...smallModels.gpt2,
      vocabSize: 50_257,
      hiddenSize: 768,
      numHiddenLayers: 12,
      numAttentionHeads: 12,
      intermediateSize: 3_072,
      maxPositionEmbeddings: 1_024,
    };
    // transformers: sum(p.numel() for p in GPT2LMHeadModel(GPT2Config()).parameters())
    expect(countParameters(model)).toBe(124_439_808);
  });
});

describe('a run that does not fit', () => {
  it('is refused with a batch size that does, which then fits', () => {
    const settings = settingsOf(smallModels.gpt2, { perDeviceTrainBatchSize: 64 });
    const needOf = (batchSize: number): number =>
      memoryNeed(planTraining(settingsOf(smallModels.gpt2, { perDeviceTrainBatchSize: batchSize }), Infinity))
        .totalBytes;
    const limits = { maxBindingBytes: Infinity, maxBufferBytes: Infinity, memoryBytes: needOf(16) };
    const refuse = (): void => requireMemory(settings, planTraining(settings, Infinity), limits);
    expect(refuse).toThrow(
      expect.objectContaining({
        code: 'memory-exceeded',
        hint: expect.stringContaining('--per-device-train-batch-size 16'),
      }),
    );
    expect(() =>
      requireMemory(settings, planTraining(settings, Infinity), { ...limits, memoryBytes: 1 }),
    ).toThrow(expect.objectContaining({ hint: expect.stringContaining('Not even one sequence fits') }));
  });
});

describe('writing text with a model of a very long context', () => {
  it('takes no more memory than with 4,096 tokens of it', () => {
    const bytesWith = (maxPositionEmbeddings: number): number => {
      const model = createModel({ ...smallModels.llama, maxPositionEmbeddings }, { training: false });
      const { cacheArena, maxLength, prefills } = recordGeneration(model, Infinity);
      expect(prefills.at(-1)!.length).toBe(maxLength);
      return cacheArena.sizeElements;
    };
    expect(bytesWith(131_072)).toBe(bytesWith(4_096));
    expect(bytesWith(2_048)).toBeLessThan(bytesWith(4_096));
  });
});
