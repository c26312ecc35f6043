// The decoder families as save_pretrained of transformers writes them, opened and computed on both devices.

import { describe, expect, it } from 'vitest';
import { defaultsOf, generationFields, InferenceSession, type Device } from '../../../engine/index.ts';
import { tokenPass } from '../../../engine/data/token-pass.ts';
import { Executor } from '../../../engine/graph/executor.ts';
import { makePlan } from '../../../engine/graph/plan.ts';
import { createModel, modelArenas } from '../../../engine/models/model.ts';
import { recordLogits } from '../../../engine/models/loss.ts';
import { writeConstants } from '../../../engine/models/init.ts';
import { loadWeights, modelParts } from '../../../engine/models/weights.ts';
import { openModelSource, type ModelSource } from '../../../main/engine-host/model-source.ts';
import { relativeError } from '../../engine/models/golden.ts';
import { onCpuAndWebgpu } from '../../engine/on-each-device.ts';
import { familyModel, familyNames, goldenFolder } from './golden-models.ts';

/** The logits behind the last of `ids`. */
async function lastLogits(device: Device, source: ModelSource, ids: Uint32Array): Promise<Float32Array> {
  const { model: config, weights } = source;
  const model = createModel(config, { training: false });
  const shape = { batch: 1, length: ids.length };
  const plan = makePlan(recordLogits(model, shape, { training: false }), device.limits.maxBindingBytes);
  const executor = await Executor.create(device, modelArenas(model), [plan]);
  try {
    writeConstants(executor, model);
    await loadWeights(executor, modelParts(model.parameters), weights);
    executor.submit(plan, tokenPass({ ids, targets: ids }, ids.length, config.vocabSize, {}));
    const all = new Float32Array(await executor.readOutput(plan, 'logits'));
    return all.slice(-config.vocabSize);
  } finally {
    executor.destroy();
  }
}

onCpuAndWebgpu((makeDevice) => {
  it.each(familyNames)('%s: the logits of transformers to 1e-4', async (name) => {
    const golden = familyModel(name);
    const source = await openModelSource([goldenFolder(name)]);
    const ids = Uint32Array.from(golden.ids.slice(0, -1));
    const actual = await lastLogits(await makeDevice(), source, ids);
    await source.close();
    expect(relativeError(actual, golden.lastLogits)).toBeLessThan(1e-4);
  });

  it.each(familyNames)('%s: the same loss to 1e-4 and the same greedy text', async (name) => {
    const golden = familyModel(name);
    const device = await makeDevice();
    const source = await openModelSource([goldenFolder(name)]);
    const ids = Uint32Array.from(golden.ids);
    const shape = { batchSize: 1, length: ids.length - 1 };
    const session = await InferenceSession.open(device, source.model, source.weights, shape);
    try {
      const read = (start: number, count: number) => Promise.resolve(ids.slice(start, start + count));
      const windows = { ...shape, stride: shape.length, topK: 5, tokenizer: source.tokenizer };
      const { loss } = await session.evaluate({ tokenCount: ids.length, read }, windows);
      expect(Math.abs(loss - golden.loss) / golden.loss).toBeLessThan(1e-4);
      const maxNewTokens = golden.writtenIds.length;
      const config = { ...defaultsOf(generationFields), stopStrings: [], temperature: 0, maxNewTokens };
      const written = await session.generate({ tokenizer: source.tokenizer, prompt: golden.prompt, config });
      const text = source.tokenizer.decode(golden.writtenIds);
      expect(written).toEqual({ text, tokenCount: golden.writtenIds.length });
    } finally {
      session.destroy();
      await source.close();
    }
  });
});

describe.each(familyNames)('%s', (name) => {
  const golden = familyModel(name);

  it('has its tokens, added ones among them', async () => {
    const source = await openModelSource([goldenFolder(name)]);
    const { tokenizer, model } = source;
    await source.close();
    expect([...tokenizer.encode(golden.prompt).ids]).toEqual(golden.promptIds);
    expect([...tokenizer.encode(golden.text).ids].slice(0, golden.ids.length)).toEqual(golden.ids);
    expect(tokenizer.decode(golden.promptIds)).toBe(golden.prompt);
    expect(model.vocabSize).toBeGreaterThanOrEqual(tokenizer.vocabSize);
  });
});
