import { describe, expect, it } from 'vitest';
import {
  defaultsOf,
  generationFields,
  gpt2Fields,
  llamaFields,
  type ModelConfig,
} from '../../../engine/config.ts';
import { hfConfigJson, hfGenerationConfigJson, readHfConfig } from '../../../engine/formats/hf-config.ts';
import { goldens } from './in-memory.ts';

// The models of tests/golden/formats/make_format_goldens.py in this project's words.
const gpt2: ModelConfig = {
  ...defaultsOf(gpt2Fields),
  modelType: 'gpt2',
  vocabSize: 50,
  maxPositionEmbeddings: 16,
  hiddenSize: 12,
  numHiddenLayers: 2,
  numAttentionHeads: 3,
  intermediateSize: 40,
  residPdrop: 0.25,
  attnPdrop: 0.1,
  hiddenAct: 'gelu',
  useBias: true,
};
const llama: ModelConfig = {
  ...defaultsOf(llamaFields),
  modelType: 'llama',
  vocabSize: 50,
  hiddenSize: 12,
  intermediateSize: 20,
  numHiddenLayers: 2,
  numAttentionHeads: 3,
  numKeyValueHeads: 1,
  headDim: 6,
  maxPositionEmbeddings: 64,
  rmsNormEps: 1e-5,
  ropeTheta: 5000,
};
const models = {
  gpt2: { model: gpt2, bosTokenId: null, eosTokenId: 49, padTokenId: null },
  llama: { model: llama, bosTokenId: 1, eosTokenId: [2, 3], padTokenId: null },
};
const noIds = { bosTokenId: null, eosTokenId: null, padTokenId: null };

// What transformers adds to every config and no decoder reads.
const beside =
  /^(_|id2label|label2id|summary_|output_|return_dict|is_encoder|chunk_size|problem_type|transformers_v|pretraining_tp)/;

describe.each(['tied', 'untied'])('a %s config.json', (tie) => {
  it.each(['gpt2', 'llama'] as const)('of the %s form is read as transformers means it', async (form) => {
    const { config } = (await goldens()).models[`${form} ${tie}`]!;
    const expected = models[form];
    expect(readHfConfig(JSON.stringify(config))).toEqual({
      ...expected,
      form,
      labels: [],
      model: { ...expected.model, tieWordEmbeddings: tie === 'tied' },
    });
  });

  it.each(['gpt2', 'llama'] as const)('of the %s form holds all that transformers writes', async (form) => {
    const { config } = (await goldens()).models[`${form} ${tie}`]!;
    const { model, ...ids } = models[form];
    const written = JSON.parse(hfConfigJson({ ...model, tieWordEmbeddings: tie === 'tied' }, ids)) as object;
    expect(written).toMatchObject(
      Object.fromEntries(Object.entries(config).filter(([key]) => !beside.test(key))),
    );
  });
});

describe('hfConfigJson', () => {
  it('comes back from readHfConfig unchanged, for every activation, with and without biases', () => {
    for (const hiddenAct of ['gelu', 'gelu_new', 'relu', 'silu'] as const) {
      for (const model of [
        { ...gpt2, hiddenAct, useBias: false },
        { ...llama, hiddenAct },
      ]) {
        const ids = { bosTokenId: 0, eosTokenId: null, padTokenId: 3 };
        expect(readHfConfig(hfConfigJson(model, ids))).toEqual({
          model,
          form: model.modelType,
          labels: [],
          ...ids,
        });
      }
    }
  });

  it('writes floats with a point, as transformers types them', () => {
    const text = hfConfigJson({ ...llama, ropeTheta: 500_000, attentionDropout: 0 }, noIds);
    expect(text).toContain('"rope_theta": 500000.0,');
    expect(text).toContain('"attention_dropout": 0.0,');
    expect(text).toContain('"hidden_size": 12,');
  });

  it('refuses a Llama form that transformers would refuse to open', () => {
    expect(() => hfConfigJson({ ...llama, hiddenSize: 13 }, noIds)).toThrow(
      expect.objectContaining({ code: 'hf-heads-do-not-divide' }),
    );
  });
});

describe('hfGenerationConfigJson', () => {
  it('names the ids, and how to sample where that is given', () => {
    const ids = { bosTokenId: 1, eosTokenId: 2, padTokenId: null };
    expect(JSON.parse(hfGenerationConfigJson(ids))).toMatchObject({
      bos_token_id: 1,
      eos_token_id: 2,
      pad_token_id: null,
    });
    const generation = { ...defaultsOf(generationFields), stopStrings: [] };
    expect(JSON.parse(hfGenerationConfigJson(ids, generation))).toMatchObject({
      do_sample: true,
      max_new_tokens: 200,
      temperature: 0.8,
      top_k: 0,
      top_p: 1,
      repetition_penalty: 1,
    });
    expect(JSON.parse(hfGenerationConfigJson(ids, { ...generation, temperature: 0 }))).toMatchObject({
      do_sample: false,
    });
  });
});

describe('readHfConfig', () => {
  const gpt2Json = { model_type: 'gpt2', vocab_size: 50, n_embd: 12, n_layer: 2, n_head: 3, n_positions: 16 };
  const llamaJson = {
    model_type: 'llama',
    vocab_size: 50,
    hidden_size: 12,
    intermediate_size: 20,
    num_hidden_layers: 2,
    num_attention_heads: 3,
    max_position_embeddings: 64,
  };

  it('takes the defaults of transformers for what is left out or null', () => {
    expect(readHfConfig(JSON.stringify({ ...gpt2Json, n_inner: null })).model).toMatchObject({
      intermediateSize: 48,
      hiddenAct: 'gelu_new',
      useBias: true,
      layerNormEpsilon: 1e-5,
      embdPdrop: 0.1,
      residPdrop: 0.1,
      attnPdrop: 0.1,
      tieWordEmbeddings: true,
    });
    expect(readHfConfig(JSON.stringify(llamaJson)).model).toMatchObject({
      numKeyValueHeads: 3,
      headDim: 4,
      rmsNormEps: 1e-6,
      ropeTheta: 10_000,
      tieWordEmbeddings: false,
    });
  });

  it('finds the rotary base in old and new places, and knows other names of activations', () => {
    const read = (more: object): ModelConfig => readHfConfig(JSON.stringify({ ...llamaJson, ...more })).model;
    expect(read({ rope_theta: 7000.0, rope_scaling: null })).toMatchObject({ ropeTheta: 7000 });
    expect(read({ rope_parameters: { rope_theta: 8000, rope_type: 'default' } })).toMatchObject({
      ropeTheta: 8000,
    });
    expect(read({ hidden_act: 'swish' })).toMatchObject({ hiddenAct: 'silu' });
    expect(read({ hidden_act: 'gelu_pytorch_tanh' })).toMatchObject({ hiddenAct: 'gelu_new' });
  });

  it.each<[what: string, code: string, says: RegExp, json: object]>([
    [
      'another model type',
      'hf-model-type-unsupported',
      /"mistral".*gpt2, llama, qwen2, qwen3/,
      { model_type: 'mistral' },
    ],
    [
      'a model type that objects inherit',
      'hf-model-type-unsupported',
      /gpt2, llama/,
      { model_type: 'constructor' },
    ],
    ['no model type', 'hf-model-type-unsupported', /gpt2, llama/, {}],
    [
      'another head',
      'hf-architecture-unsupported',
      /GPT2ForSequenceClassification.*GPT2LMHeadModel/,
      { ...gpt2Json, architectures: ['GPT2ForSequenceClassification'] },
    ],
    [
      'rotary scaling',
      'hf-rope-unsupported',
      /rope_scaling.*"dynamic".*default, linear, llama3/,
      { ...llamaJson, rope_scaling: { type: 'dynamic', factor: 2 } },
    ],
    [
      'new-style rotary scaling',
      'hf-rope-unsupported',
      /rope_parameters.*"yarn"/,
      { ...llamaJson, rope_parameters: { rope_type: 'yarn', rope_theta: 1e4 } },
    ],
    [
      'rotary positions of their own in some layers',
      'hf-rope-unsupported',
      /rope_parameters.*"full_attention"/,
      { ...llamaJson, rope_parameters: { full_attention: { rope_type: 'default' } } },
    ],
    [
      'rotary scaling without its numbers',
      'hf-config-invalid',
      /"llama3".*no low_freq_factor/,
      { ...llamaJson, rope_scaling: { rope_type: 'llama3', factor: 8 } },
    ],
    [
      'rotary scaling whose numbers contradict each other',
      'settings-invalid',
      /ropeHighFreqFactor 1 .* ropeLowFreqFactor 4/,
      {
        ...llamaJson,
        rope_scaling: { rope_type: 'llama3', factor: 8, low_freq_factor: 4, high_freq_factor: 1 },
      },
    ],
    [
      'two ways of rotary scaling',
      'hf-config-invalid',
      /rope_scaling and, differently, in rope_parameters/,
      {
        ...llamaJson,
        rope_scaling: { rope_type: 'linear', factor: 2 },
        rope_parameters: { rope_type: 'linear', factor: 4 },
      },
    ],
    [
      'partly rotated heads',
      'hf-rope-unsupported',
      /partial/,
      { ...llamaJson, rope_parameters: { partial_rotary_factor: 0.5 } },
    ],
    [
      'a mixture of experts',
      'hf-model-type-unsupported',
      /"qwen3_moe".*gpt2, llama, qwen2, qwen3/,
      { ...llamaJson, model_type: 'qwen3_moe' },
    ],
    [
      'sliding windows',
      'hf-setting-unsupported',
      /use_sliding_window/,
      { ...llamaJson, model_type: 'qwen2', use_sliding_window: true },
    ],
    [
      'layers that slide',
      'hf-setting-unsupported',
      /layer_types.*"sliding_attention"/,
      { ...llamaJson, model_type: 'qwen3', layer_types: ['full_attention', 'sliding_attention'] },
    ],
    [
      'Qwen3 with attention biases',
      'hf-setting-unsupported',
      /attention_bias/,
      { ...llamaJson, model_type: 'qwen3', attention_bias: true },
    ],
    [
      'two rotary bases',
      'hf-config-invalid',
      /10000.*5000/,
      { ...llamaJson, rope_theta: 10_000, rope_parameters: { rope_theta: 5000 } },
    ],
    ['attention biases', 'hf-setting-unsupported', /attention_bias/, { ...llamaJson, attention_bias: true }],
    ['feed-forward biases', 'hf-setting-unsupported', /mlp_bias/, { ...llamaJson, mlp_bias: true }],
    [
      'unscaled attention',
      'hf-setting-unsupported',
      /scale_attn_weights/,
      { ...gpt2Json, scale_attn_weights: false },
    ],
    [
      'cross attention',
      'hf-setting-unsupported',
      /add_cross_attention/,
      { ...gpt2Json, add_cross_attention: true },
    ],
    [
      'quantised weights',
      'hf-setting-unsupported',
      /quantization_config/,
      { ...llamaJson, quantization_config: {} },
    ],
    ['an unknown activation', 'hf-config-invalid', /hiddenAct/, { ...gpt2Json, activation_function: 'mish' }],
    ['a missing size', 'hf-config-invalid', /n_embd/, { ...gpt2Json, n_embd: null }],
    ['a size of 0', 'hf-config-invalid', /numHiddenLayers/, { ...gpt2Json, n_layer: 0 }],
    ['a size in words', 'hf-config-invalid', /hiddenSize/, { ...gpt2Json, n_embd: '12' }],
    ['heads that do not divide', 'settings-invalid', /hiddenSize 12/, { ...gpt2Json, n_head: 5 }],
    ['a token id below 0', 'hf-config-invalid', /eos_token_id/, { ...gpt2Json, eos_token_id: -1 }],
  ])('refuses %s as %s', (_what, code, says, json) => {
    expect(() => readHfConfig(JSON.stringify(json))).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(says) }),
    );
  });

  it('refuses text that is not a config', () => {
    expect(() => readHfConfig('[]')).toThrow(expect.objectContaining({ code: 'hf-config-invalid' }));
    expect(() => readHfConfig('{"a":1,"a":2}')).toThrow(
      expect.objectContaining({ code: 'json-duplicate-key' }),
    );
    expect(() => readHfConfig(' '.repeat(10_000_001))).toThrow(
      expect.objectContaining({ code: 'hf-config-too-large' }),
    );
  });
});
