// Files of the encoder-decoder form: a state dict that PyTorch wrote, read and written again tensor by tensor; a
// Marian folder likewise; config.json of both; and what a Marian folder cannot hold.

import { describe, expect, it } from 'vitest';
import { defaultsOf, transformerFields, type TransformerConfig } from '../../../engine/config.ts';
import type { TensorReader } from '../../../engine/formats/bytes.ts';
import { hfConfigJson, readHfConfig } from '../../../engine/formats/hf-config.ts';
import type { HfForm } from '../../../engine/formats/hf-families.ts';
import { hfTensorsToWrite } from '../../../engine/formats/hf-state-dict.ts';
import { hfModelConfig, hfWeights } from '../../../engine/formats/hf-weights.ts';
import { modelPy } from '../../../engine/formats/model-py.ts';
import { createModel } from '../../../engine/models/model.ts';
import { modelParts } from '../../../engine/models/weights.ts';
import { goldenWeights } from '../models/golden.ts';
import {
  openBiasedMarian,
  openMarian,
  openPyTorchWeights,
  transformerForms,
} from '../models/golden-transformer.ts';

const ids = { bosTokenId: null, eosTokenId: 0, padTokenId: 1, decoderStartTokenId: 0 };
const forMarian = {
  normFirst: false,
  finalNorm: false,
  layerNormEpsilon: 1e-5,
  positionEmbeddingType: 'sinusoidal-halves',
  shareEncoderDecoderEmbeddings: true,
  tieWordEmbeddings: true,
} as const;
const defaults: TransformerConfig = { modelType: 'transformer', ...defaultsOf(transformerFields) };

/** Reads a model's weights and writes them again: every tensor must be as it was. */
async function expectSameTensors(
  config: TransformerConfig,
  reader: TensorReader,
  form: HfForm,
): Promise<readonly { name: string; sameAs: string }[]> {
  const weights = await hfWeights(config, reader, form);
  const { tensors, aliases } = hfTensorsToWrite(config, (name) => weights.readF32(name), 'f32', form);
  for (const { name, shape, read } of tensors) {
    expect(reader.tensors.get(name)?.shape, name).toEqual(shape);
    expect(await read(), name).toEqual(await reader.readF32(name));
  }
  return [...tensors.map(({ name }) => ({ name, sameAs: name })), ...aliases];
}

describe.each(transformerForms)('a state dict of $name', ({ name, config }) => {
  it('of PyTorch is read into the parameters that it holds, from each of its projections', async () => {
    const weights = await hfWeights(config, await openPyTorchWeights(name));
    const model = createModel(config, { training: false });
    const expected = goldenWeights(model);
    expect([...weights.tensors.keys()].sort()).toEqual([...expected.keys()].sort());
    for (const { name: part, shape } of modelParts(model.parameters)) {
      expect(weights.tensors.get(part)!.shape, part).toEqual(shape);
      expect(await weights.readF32(part), part).toEqual(expected.get(part));
      const bytes = await weights.readBytes(part);
      expect(new Float32Array(bytes.slice().buffer), part).toEqual(expected.get(part));
    }
  });

  it('is written with the names, shapes and ties of PyTorch', async () => {
    const reader = await openPyTorchWeights(name);
    const names = await expectSameTensors(config, reader, 'transformer');
    expect(names.map((one) => one.name).sort()).toEqual([...reader.tensors.keys()].sort());
    for (const { name: alias, sameAs } of names) {
      expect(await reader.readF32(alias)).toEqual(await reader.readF32(sameAs));
    }
  });

  it('has a config.json that brings its settings back, and a short model.py', () => {
    const text = hfConfigJson(config, ids);
    expect(readHfConfig(text)).toMatchObject({ form: 'transformer', ...ids });
    expect(readHfConfig(text).model).toEqual(config);
    expect(JSON.parse(text)).toMatchObject({ d_model: 16, nhead: 2, norm_first: config.normFirst });
    for (const positionEmbeddingType of ['sinusoidal', 'sinusoidal-halves', 'learned'] as const) {
      for (const finalNorm of [true, false]) {
        const py = modelPy({ ...config, positionEmbeddingType, finalNorm, hiddenAct: 'gelu_new' });
        const lines = py.trimEnd().split('\n');
        expect(lines.length).toBeLessThanOrEqual(60);
        expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(110);
        expect(py).not.toMatch(/undefined|null|NaN|\[object|\$\{/);
      }
    }
  });
});

describe('a Marian folder', () => {
  it('is read as a transformer and written as save_pretrained wrote it', async () => {
    const { config, reader } = await openMarian();
    expect(config).toMatchObject({
      model: {
        ...forMarian,
        modelType: 'transformer',
        hiddenAct: 'silu',
        numHiddenLayers: 2,
        numDecoderLayers: 1,
      },
      form: 'marian',
      decoderStartTokenId: 1,
    });
    const names = await expectSameTensors(config.model as TransformerConfig, reader, 'marian');
    expect(new Set(names.map(({ sameAs }) => sameAs))).toEqual(new Set(reader.tensors.keys()));
  });

  it('comes back from config.json, with the keys of MarianConfig', () => {
    const model = { ...defaults, ...forMarian, dropout: 0, hiddenAct: 'gelu' as const };
    const text = hfConfigJson(model, ids, 'f32', 'marian');
    expect(readHfConfig(text)).toMatchObject({ form: 'marian', ...ids });
    expect(readHfConfig(text).model).toEqual(model);
    expect(JSON.parse(text)).toMatchObject({
      architectures: ['MarianMTModel'],
      model_type: 'marian',
      is_encoder_decoder: true,
      encoder_attention_heads: 4,
      decoder_attention_heads: 4,
      decoder_vocab_size: 65,
      decoder_start_token_id: 0,
    });
  });

  it('refuses by name what its class does not compute', () => {
    const write = (changes: Partial<TransformerConfig>): string =>
      hfConfigJson({ ...defaults, ...forMarian, ...changes }, ids, 'f32', 'marian');
    expect(() => write({})).not.toThrow();
    const refusal = (message: RegExp): object =>
      expect.objectContaining({
        code: 'export-setting-unsupported',
        message: expect.stringMatching(message),
      });
    expect(() => hfConfigJson(defaults, ids, 'f32', 'marian')).toThrow(
      refusal(/finalNorm true \(Marian: false\), positionEmbeddingType sinusoidal /),
    );
    expect(() => write({ normFirst: true })).toThrow(refusal(/: normFirst true/));
    expect(() => write({ tieWordEmbeddings: false })).toThrow(refusal(/: tieWordEmbeddings false/));
    expect(() => write({ shareEncoderDecoderEmbeddings: false })).toThrow(refusal(/shareEncoder/));
    expect(() => write({ layerNormEpsilon: 1e-6 })).toThrow(refusal(/layerNormEpsilon 0.000001/));
    const read = (more: object): unknown =>
      readHfConfig(JSON.stringify({ ...JSON.parse(write({})), ...more }));
    for (const [key, value] of Object.entries({
      decoder_ffn_dim: 99,
      decoder_attention_heads: 2,
      decoder_vocab_size: 7,
      normalize_before: true,
      add_final_layer_norm: true,
      share_encoder_decoder_embeddings: false,
      tie_word_embeddings: false,
    })) {
      expect(() => read({ [key]: value }), key).toThrow(
        expect.objectContaining({ code: 'hf-setting-unsupported', message: expect.stringContaining(key) }),
      );
    }
  });

  it('with a bias of its logits keeps it, in its own form too', async () => {
    const { config, reader } = await openBiasedMarian();
    const model = config.model as TransformerConfig;
    expect(model.outputBias).toBe(true);
    const names = await expectSameTensors(model, reader, 'marian');
    expect(new Set(names.map(({ sameAs }) => sameAs))).toEqual(new Set(reader.tensors.keys()));
    const own = hfTensorsToWrite(
      model,
      async () => reader.readF32('final_logits_bias'),
      'f32',
      'transformer',
    );
    expect(own.tensors.find(({ name }) => name === 'final_logits_bias')?.shape).toEqual([1, 262]);
    expect(modelPy(model)).toContain('return self.generator(states) + self.final_logits_bias');
    expect(readHfConfig(hfConfigJson(model, ids)).model).toEqual(model);
    // Zeros are no bias.
    const plain = await openMarian();
    expect(await hfModelConfig(plain.config.model, plain.reader, 'marian')).toEqual(plain.config.model);
  });

  it('says what targets begin behind', async () => {
    const { config } = await openMarian();
    const written = JSON.parse(hfConfigJson({ ...defaults, ...forMarian }, ids, 'f32', 'marian')) as object;
    const startOf = (more: object): unknown => readHfConfig(JSON.stringify({ ...written, ...more })).model;
    expect(config.model).toMatchObject({ decoderStart: 'padding' });
    expect(startOf({})).toMatchObject({ decoderStart: 'end' });
    expect(startOf({ decoder_start_token_id: 1 })).toMatchObject({ decoderStart: 'padding' });
    expect(startOf({ decoder_start_token_id: null })).toMatchObject({ decoderStart: 'padding' });
    expect(() => startOf({ decoder_start_token_id: 5 })).toThrow(
      expect.objectContaining({
        code: 'hf-setting-unsupported',
        message: expect.stringContaining('decoder_start_token_id to 5'),
      }),
    );
  });
});
