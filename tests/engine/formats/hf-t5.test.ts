// The T5 form in Hugging Face files: published config.json files of the first T5 and 1.1, what transformers 5 makes of
// them, names of weights that other files use, and what is refused.

import { describe, expect, it } from 'vitest';
import { defaultsOf, modelProblems, t5Fields, type T5Config } from '../../../engine/config.ts';
import { elementCount, type TensorReader } from '../../../engine/formats/bytes.ts';
import { hfConfigJson, readHfConfig } from '../../../engine/formats/hf-config.ts';
import { hfStateDict, hfTensorsToWrite } from '../../../engine/formats/hf-state-dict.ts';
import { hfWeights } from '../../../engine/formats/hf-weights.ts';
import { modelPy } from '../../../engine/formats/model-py.ts';
import { openSafetensors, writeSafetensors } from '../../../engine/formats/safetensors.ts';
import { createModel } from '../../../engine/models/model.ts';
import { modelParts } from '../../../engine/models/weights.ts';
import { collect, sourceOf } from './in-memory.ts';

/** Of t5-small and google/t5-v1_1-small; keys that nothing reads are left out. */
const published = {
  't5-small': {
    architectures: ['T5ForConditionalGeneration'],
    d_ff: 2048,
    d_kv: 64,
    d_model: 512,
    decoder_start_token_id: 0,
    dropout_rate: 0.1,
    eos_token_id: 1,
    initializer_factor: 1.0,
    is_encoder_decoder: true,
    layer_norm_epsilon: 1e-6,
    model_type: 't5',
    n_positions: 512,
    num_heads: 8,
    num_layers: 6,
    pad_token_id: 0,
    relative_attention_num_buckets: 32,
    vocab_size: 32128,
  },
  't5-v1_1-small': {
    architectures: ['T5ForConditionalGeneration'],
    d_ff: 1024,
    d_kv: 64,
    d_model: 512,
    decoder_start_token_id: 0,
    dropout_rate: 0.1,
    eos_token_id: 1,
    feed_forward_proj: 'gated-gelu',
    initializer_factor: 1.0,
    is_encoder_decoder: true,
    layer_norm_epsilon: 1e-6,
    model_type: 't5',
    num_decoder_layers: 8,
    num_heads: 6,
    num_layers: 8,
    pad_token_id: 0,
    relative_attention_num_buckets: 32,
    tie_word_embeddings: false,
    vocab_size: 32128,
  },
};
const small = published['t5-small'];
const ids = { bosTokenId: null, eosTokenId: 1, padTokenId: 0, decoderStartTokenId: 0 };
const read = (json: object) => readHfConfig(JSON.stringify(json));

const tiny: T5Config = {
  modelType: 't5',
  ...defaultsOf(t5Fields),
  vocabSize: 11,
  hiddenSize: 4,
  numHiddenLayers: 1,
  numDecoderLayers: 2,
  numAttentionHeads: 3,
  headDim: 2,
  intermediateSize: 6,
};
const forms: T5Config[] = [
  tiny,
  { ...tiny, tieWordEmbeddings: false },
  { ...tiny, isGatedAct: false, hiddenAct: 'relu' },
];

/** A file of the given tensors, value i of the n-th being n + i / 8. */
async function fileOf(tensors: readonly { name: string; shape: readonly number[] }[]): Promise<TensorReader> {
  const entries = tensors.map(({ name, shape }, n) => ({
    name,
    shape,
    elementType: 'f32' as const,
    read: () => Float32Array.from({ length: elementCount(shape) }, (_, i) => n + i / 8),
  }));
  return openSafetensors(sourceOf(await collect(writeSafetensors(entries, {}))));
}

describe('config.json', () => {
  it('of the first T5 and of 1.1 is read as transformers means it, and written again', () => {
    const sizes = { modelType: 't5', vocabSize: 32_128, hiddenSize: 512, headDim: 64, dropoutRate: 0.1 };
    const first = read(small);
    expect(first).toMatchObject({ decoderStartTokenId: 0, padTokenId: 0, eosTokenId: 1 });
    expect(first.model).toMatchObject({
      ...sizes,
      numHiddenLayers: 6,
      numDecoderLayers: 6,
      numAttentionHeads: 8,
      intermediateSize: 2_048,
      maxPositionEmbeddings: 512,
      hiddenAct: 'relu',
      isGatedAct: false,
      tieWordEmbeddings: true,
      relativeAttentionNumBuckets: 32,
      relativeAttentionMaxDistance: 128,
    });
    expect(read(published['t5-v1_1-small']).model).toMatchObject({
      ...sizes,
      numHiddenLayers: 8,
      numDecoderLayers: 8,
      numAttentionHeads: 6,
      hiddenAct: 'gelu_new',
      isGatedAct: true,
      tieWordEmbeddings: false,
    });
    for (const json of Object.values(published)) {
      const { model } = read(json);
      const text = hfConfigJson(model, ids);
      expect(JSON.parse(text)).toMatchObject(json);
      expect(readHfConfig(text).model).toEqual(model);
    }
  });

  it('of transformers 5, which calls every model tied, is read by what it scales', () => {
    const saved = { ...published['t5-v1_1-small'], tie_word_embeddings: true };
    expect(read({ ...saved, scale_decoder_outputs: false }).model).toMatchObject({
      tieWordEmbeddings: false,
    });
    expect(read({ ...saved, scale_decoder_outputs: true }).model).toMatchObject({ tieWordEmbeddings: true });
    // Written for both: 4 reads the one, 5 the other.
    const written = JSON.parse(hfConfigJson({ ...tiny, tieWordEmbeddings: false }, ids)) as object;
    expect(written).toMatchObject({ tie_word_embeddings: false, scale_decoder_outputs: false });
  });

  it('says activation and gate in one word', () => {
    for (const [hiddenAct, isGatedAct, word] of [
      ['relu', false, 'relu'],
      ['gelu', false, 'gelu'],
      ['gelu_new', false, 'gelu_new'],
      ['gelu_new', true, 'gated-gelu'],
      ['silu', true, 'gated-silu'],
      ['relu', true, 'gated-relu'],
    ] as const) {
      const model = { ...tiny, hiddenAct, isGatedAct };
      const text = hfConfigJson(model, ids);
      expect(JSON.parse(text)).toMatchObject({ feed_forward_proj: word, is_gated_act: isGatedAct });
      expect(readHfConfig(text).model).toEqual(model);
    }
    expect(() => hfConfigJson({ ...tiny, hiddenAct: 'gelu' }, ids)).toThrow(
      expect.objectContaining({ code: 'hf-activation-unsupported' }),
    );
  });

  it.each([
    [{ ...small, architectures: ['T5EncoderModel'] }, 'hf-architecture-unsupported', 'T5EncoderModel'],
    [{ ...small, is_encoder_decoder: false }, 'hf-setting-unsupported', 'is_encoder_decoder'],
    [{ ...small, feed_forward_proj: 'gated-gelu-new' }, 'hf-setting-unsupported', 'feed_forward_proj'],
    [{ ...small, feed_forward_proj: 'mish' }, 'hf-config-invalid', 'hiddenAct'],
    [{ ...small, dense_act_fn: 'gelu' }, 'hf-config-invalid', 'dense_act_fn'],
    [
      { ...small, tie_word_embeddings: false, scale_decoder_outputs: true },
      'hf-setting-unsupported',
      'scale_decoder_outputs',
    ],
    [{ ...small, d_kv: null }, 'hf-config-invalid', 'd_kv'],
    [{ ...small, relative_attention_max_distance: 16 }, 'settings-invalid', 'relativeAttentionMaxDistance'],
  ])('%# is refused by name', (json, code, word) => {
    expect(() => read(json)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(word) as string }),
    );
  });

  it('needs a head size that has nothing to do with the width', () => {
    expect(modelProblems({ ...tiny, hiddenSize: 5 })).toEqual([]);
  });
});

describe.each(forms)('weights, tied $tieWordEmbeddings, gated $isGatedAct', (config) => {
  it('are written from the tensors of the model, and all of these are read', async () => {
    const parts = modelParts(createModel(config, { training: false }).parameters);
    const asked = new Map<string, number>();
    const { tensors } = hfTensorsToWrite(config, (name) => {
      const { shape } = parts.find((part) => part.name === name)!;
      asked.set(name, elementCount(shape));
      return new Float32Array(elementCount(shape));
    });
    for (const tensor of tensors) await tensor.read();
    expect([...asked.keys()].sort()).toEqual(parts.map(({ name }) => name).sort());
    const reader = await hfWeights(config, await fileOf(tensors));
    for (const { name, shape } of parts) {
      expect(reader.tensors.get(name)?.shape, name).toEqual(shape);
    }
  });

  it('are read where a file names the embeddings of each stack, and the table that nothing reads', async () => {
    const { tensors, aliases } = hfStateDict(config);
    expect(aliases.map(({ name }) => name)).toContain('decoder.embed_tokens.weight');
    const more = [
      ...aliases.map(({ name }) => ({ name, shape: [11, 4] })),
      { name: 'decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight', shape: [32, 3] },
    ];
    const reader = await hfWeights(config, await fileOf([...tensors, ...more]));
    expect((await reader.readF32('shared.weight'))[1]).toBe(1 / 8);
    const unknown = { name: 'decoder.block.0.layer.3.layer_norm.weight', shape: [4] };
    await expect(hfWeights(config, await fileOf([...tensors, unknown]))).rejects.toMatchObject({
      code: 'weights-tensor-unknown',
    });
  });

  it('stand beside a model.py of at most 60 short lines with nothing left open', () => {
    const text = modelPy({ ...config, vocabSize: 250_112, hiddenSize: 4_096, intermediateSize: 10_240 });
    const lines = text.trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(60);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(110);
    expect(text).not.toMatch(/undefined|null|NaN|\[object|\$\{/);
  });
});

describe('a head that is the embeddings without scaling', () => {
  it('is not in the file, and read from them', async () => {
    const config = { ...tiny, tieWordEmbeddings: false };
    const { tensors } = hfStateDict(config);
    const file = await fileOf(tensors.filter(({ name }) => name !== 'lm_head.weight'));
    const reader = await hfWeights(config, file);
    expect(await reader.readF32('lm_head.weight')).toEqual(await reader.readF32('shared.weight'));
  });
});
