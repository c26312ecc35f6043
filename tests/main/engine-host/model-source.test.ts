// Models of other programs: what transformers wrote and computed, opened and computed here; and everything
// that is refused, by name.

import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultsOf, generationFields, InferenceSession, type Device } from '../../../engine/index.ts';
import { f32ArrayToF16 } from '../../../engine/formats/half.ts';
import { hfStateDict } from '../../../engine/formats/hf-state-dict.ts';
import { openModelSource, type ModelSource } from '../../../main/engine-host/model-source.ts';
import { openDevice } from '../../bench/heddle-device.ts';
import { tempFolder } from '../temp-folder.ts';
import {
  changeJson,
  changeWeights,
  copyGolden,
  goldenFolder,
  goldenModel,
  goldenNames,
  sameTensors,
  type GoldenName,
} from './golden-models.ts';

const { path } = tempFolder();
let device: Device;
beforeAll(async () => {
  device = await openDevice('cpu', 1);
});
afterAll(() => device.destroy());

/** Loss on the golden ids and the text that is written with temperature 0. */
async function use(source: ModelSource, name: GoldenName): Promise<{ loss: number; text: string }> {
  const { ids, prompt, writtenIds } = goldenModel(name);
  const { model, tokenizer, weights } = source;
  const shape = { batchSize: 1, length: ids.length - 1 };
  const session = await InferenceSession.open(device, model, weights, shape);
  try {
    const all = Uint32Array.from(ids);
    const read = (start: number, count: number) => Promise.resolve(all.slice(start, start + count));
    const windows = { ...shape, stride: shape.length, topK: 5, tokenizer };
    const { loss } = await session.evaluate({ tokenCount: all.length, read }, windows);
    const config = { ...defaultsOf(generationFields), stopStrings: [], temperature: 0 };
    const maxNewTokens = writtenIds.length;
    const { text } = await session.generate({ tokenizer, prompt, config: { ...config, maxNewTokens } });
    return { loss, text };
  } finally {
    session.destroy();
  }
}

describe.each(goldenNames)('the folder of a %s model that transformers wrote', (name) => {
  const golden = goldenModel(name);

  it('gives the same tokens, the same loss to 1e-4 and the same greedy text', async () => {
    const source = await openModelSource([goldenFolder(name)]);
    const { tokenizer, model } = source;
    expect(source.settings).toBeNull();
    expect([...tokenizer.encode(golden.prompt).ids]).toEqual(golden.promptIds);
    expect([...tokenizer.encode(golden.text).ids].slice(0, golden.ids.length)).toEqual(golden.ids);
    const used = await use(source, name);
    await source.close();
    expect(Math.abs(used.loss - golden.loss) / golden.loss).toBeLessThan(1e-4);
    expect(golden.promptIds.length + golden.writtenIds.length).toBeLessThanOrEqual(
      model.maxPositionEmbeddings,
    );
    expect(used.text).toBe(tokenizer.decode(golden.writtenIds));
  });

  it('is the same as its files, named one by one', async () => {
    const folder = goldenFolder(name);
    const whole = await openModelSource([folder]);
    const names = whole.files.map((file) => file.name);
    const files = await openModelSource(names.map((file) => join(folder, file)));
    expect(files.model).toEqual(whole.model);
    expect(names.filter((file) => file.endsWith('.safetensors'))).toHaveLength(name === 'gpt2' ? 3 : 1);
    for (const one of hfStateDict(whole.model).tensors) {
      expect(await files.weights.readF32(one.name)).toEqual(await whole.weights.readF32(one.name));
    }
    await Promise.all([whole.close(), files.close()]);
  });
});

it('a file of the bare model in f16, with the buffers that older ones carry, is read', async () => {
  const whole = await openModelSource([goldenFolder('gpt2')]);
  const folder = copyGolden('gpt2', path('bare'), ['model.safetensors.index.json']);
  writeFileSync(join(folder, 'model.safetensors'), Buffer.from([2, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d]));
  await changeWeights(folder, () => [
    ...hfStateDict(whole.model).tensors.map(({ name, shape }) => ({
      name: name.replace('transformer.', ''),
      shape,
      elementType: 'f16' as const,
      read: async () => f32ArrayToF16(await whole.weights.readF32(name)),
    })),
    { name: 'h.0.attn.bias', shape: [1], elementType: 'u8' as const, read: () => new Uint8Array(1) },
  ]);
  const source = await openModelSource([folder]);
  const { loss } = await use(source, 'gpt2');
  await Promise.all([whole.close(), source.close()]);
  const expected = goldenModel('gpt2').loss;
  // Half precision keeps eleven bits: close, and not the same.
  expect(Math.abs(loss - expected) / expected).toBeLessThan(1e-2);
  expect(Math.abs(loss - expected) / expected).toBeGreaterThan(1e-7);
});

describe('what is refused, by name', () => {
  const llama = (without: string[] = []) => copyGolden('llama', path('llama'), without);
  const expectRefusal = async (folder: string, code: string, words: RegExp): Promise<void> => {
    const error = await openModelSource([folder]).then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ code, message: expect.stringMatching(words) });
  };

  it.each([
    ['attention_bias', true, 'hf-setting-unsupported'],
    ['rope_scaling', { rope_type: 'yarn', factor: 4 }, 'hf-rope-unsupported'],
    ['quantization_config', { bits: 4 }, 'hf-setting-unsupported'],
    ['model_type', 'mistral', 'hf-model-type-unsupported'],
    ['architectures', ['LlamaForSequenceClassification'], 'hf-architecture-unsupported'],
    ['hidden_act', 'laplace', 'hf-config-invalid'],
  ])('a config.json with %s %j', async (key, value, code) => {
    const folder = llama();
    changeJson(join(folder, 'config.json'), (config) => Object.assign(config, { [key]: value }));
    const named =
      key === 'architectures'
        ? /LlamaForSequenceClassification/
        : new RegExp(key === 'hidden_act' ? 'hiddenAct' : key);
    await expectRefusal(folder, code, named);
  });

  it('files that are missing', async () => {
    await expectRefusal(llama(['config.json']), 'model-config-missing', /config\.json/);
    await expectRefusal(llama(['tokenizer.json']), 'tokenizer-missing', /tokenizer\.json/);
    await expectRefusal(llama(['model.safetensors']), 'weights-not-found', /\.safetensors/);
    const shard = 'model-00002-of-00003.safetensors';
    await expectRefusal(
      copyGolden('gpt2', path('gpt2'), [shard]),
      'weights-not-found',
      /model-00002-of-00003/,
    );
    const indexless = copyGolden('gpt2', path('gpt2'), ['model.safetensors.index.json']);
    await expectRefusal(indexless, 'weights-not-found', /3 weight files/);
  });

  it('weights in a form that is not read, and a form that a name only claims', async () => {
    const folder = llama();
    renameSync(join(folder, 'model.safetensors'), join(folder, 'model.h5'));
    await expectRefusal(folder, 'weights-not-found', /model\.h5.*\.gguf/);
    renameSync(join(folder, 'model.h5'), join(folder, 'pytorch_model.bin'));
    await expectRefusal(folder, 'torch-file-unknown', /pytorch_model\.bin/);
  });

  it('tensors that are missing, unknown, of another shape or type, or that config.json denies', async () => {
    const missing = llama();
    await changeWeights(missing, (reader) =>
      sameTensors(reader).filter(({ name }) => name !== 'lm_head.weight'),
    );
    await expectRefusal(missing, 'weights-tensor-missing', /lm_head\.weight/);

    const unknown = llama();
    const extra = { name: 'model.layers.0.self_attn.q_proj.bias', elementType: 'f32' as const };
    await changeWeights(unknown, (reader) => [
      ...sameTensors(reader),
      { ...extra, shape: [16], read: () => new Float32Array(16) },
    ]);
    await expectRefusal(unknown, 'weights-tensor-unknown', /q_proj\.bias/);

    const wider = llama();
    changeJson(join(wider, 'config.json'), (config) => Object.assign(config, { intermediate_size: 25 }));
    await expectRefusal(wider, 'weights-shape', /gate_proj.*\[24, 16\].*\[25, 16\]/);

    const integers = llama();
    await changeWeights(integers, (reader) =>
      sameTensors(reader).map((one) =>
        one.name === 'model.norm.weight' ? { ...one, elementType: 'i16' as const } : one,
      ),
    );
    await expectRefusal(integers, 'tensor-not-float', /model\.norm\.weight.*i16/);

    const biases = copyGolden('gpt2', path('biases'));
    changeJson(join(biases, 'config.json'), (config) => Object.assign(config, { use_bias: false }));
    await expectRefusal(biases, 'weights-bias', /use_bias/);
  });

  it('a tokenizer with more tokens than the model has', async () => {
    const folder = llama();
    changeJson(join(folder, 'config.json'), (config) => Object.assign(config, { vocab_size: 20 }));
    await changeWeights(folder, (reader) =>
      sameTensors(reader).map((one) =>
        one.shape[0] === 38 ? { ...one, shape: [20, 16], read: () => new Uint16Array(320) } : one,
      ),
    );
    await expectRefusal(folder, 'tokenizer-too-large', /31 tokens.* 20/);
  });
});
