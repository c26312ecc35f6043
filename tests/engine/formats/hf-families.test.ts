// The families' published config.json files, as transformers 4 wrote them, and what is written for them.

import { describe, expect, it } from 'vitest';
import {
  defaultsOf,
  llamaFields,
  parseRunSettings,
  presets,
  qwenFields,
  type ModelConfig,
} from '../../../engine/index.ts';
import { hfConfigJson, readHfConfig } from '../../../engine/formats/hf-config.ts';
import { modelPy } from '../../../engine/formats/model-py.ts';

const llama3Scaling = {
  factor: 32.0,
  high_freq_factor: 4.0,
  low_freq_factor: 1.0,
  original_max_position_embeddings: 8192,
  rope_type: 'llama3',
};
/** Of Llama-3.2-1B, SmolLM2-135M, Qwen2.5-0.5B and Qwen3-0.6B; keys that nothing reads are left out. */
const published = {
  llama3: {
    architectures: ['LlamaForCausalLM'],
    attention_bias: false,
    attention_dropout: 0.0,
    bos_token_id: 128000,
    eos_token_id: 128001,
    head_dim: 64,
    hidden_act: 'silu',
    hidden_size: 2048,
    initializer_range: 0.02,
    intermediate_size: 8192,
    max_position_embeddings: 131072,
    mlp_bias: false,
    model_type: 'llama',
    num_attention_heads: 32,
    num_hidden_layers: 16,
    num_key_value_heads: 8,
    pretraining_tp: 1,
    rms_norm_eps: 1e-5,
    rope_scaling: llama3Scaling,
    rope_theta: 500000.0,
    tie_word_embeddings: true,
    vocab_size: 128256,
  },
  smollm2: {
    architectures: ['LlamaForCausalLM'],
    attention_bias: false,
    attention_dropout: 0.0,
    bos_token_id: 0,
    eos_token_id: 0,
    hidden_act: 'silu',
    hidden_size: 576,
    initializer_range: 0.041666666666666664,
    intermediate_size: 1536,
    is_llama_config: true,
    max_position_embeddings: 8192,
    mlp_bias: false,
    model_type: 'llama',
    num_attention_heads: 9,
    num_hidden_layers: 30,
    num_key_value_heads: 3,
    rms_norm_eps: 1e-5,
    rope_interleaved: false,
    rope_scaling: null,
    rope_theta: 100000,
    tie_word_embeddings: true,
    vocab_size: 49152,
  },
  qwen2: {
    architectures: ['Qwen2ForCausalLM'],
    attention_dropout: 0.0,
    bos_token_id: 151643,
    eos_token_id: 151643,
    hidden_act: 'silu',
    hidden_size: 896,
    initializer_range: 0.02,
    intermediate_size: 4864,
    max_position_embeddings: 32768,
    max_window_layers: 24,
    model_type: 'qwen2',
    num_attention_heads: 14,
    num_hidden_layers: 24,
    num_key_value_heads: 2,
    rms_norm_eps: 1e-6,
    rope_theta: 1000000.0,
    sliding_window: 32768,
    tie_word_embeddings: true,
    use_mrope: false,
    use_sliding_window: false,
    vocab_size: 151936,
  },
  qwen3: {
    architectures: ['Qwen3ForCausalLM'],
    attention_bias: false,
    attention_dropout: 0.0,
    bos_token_id: 151643,
    eos_token_id: 151645,
    head_dim: 128,
    hidden_act: 'silu',
    hidden_size: 1024,
    initializer_range: 0.02,
    intermediate_size: 3072,
    max_position_embeddings: 40960,
    max_window_layers: 28,
    model_type: 'qwen3',
    num_attention_heads: 16,
    num_hidden_layers: 28,
    num_key_value_heads: 8,
    rms_norm_eps: 1e-6,
    rope_scaling: null,
    rope_theta: 1000000,
    sliding_window: null,
    tie_word_embeddings: true,
    use_sliding_window: false,
    vocab_size: 151936,
  },
};
type Family = keyof typeof published;
const names = Object.keys(published) as Family[];
const read = (name: Family): ModelConfig => readHfConfig(JSON.stringify(published[name])).model;

const expected: Record<Family, Partial<Record<string, unknown>>> = {
  llama3: {
    modelType: 'llama',
    headDim: 64,
    ropeTheta: 500_000,
    ropeType: 'llama3',
    ropeFactor: 32,
    ropeLowFreqFactor: 1,
    ropeHighFreqFactor: 4,
    originalMaxPositionEmbeddings: 8_192,
    maxPositionEmbeddings: 131_072,
  },
  smollm2: { modelType: 'llama', headDim: 64, numAttentionHeads: 9, ropeTheta: 100_000, ropeType: 'default' },
  qwen2: { modelType: 'qwen2', headDim: 64, numKeyValueHeads: 2, ropeTheta: 1_000_000, rmsNormEps: 1e-6 },
  qwen3: { modelType: 'qwen3', headDim: 128, hiddenSize: 1_024, numAttentionHeads: 16, ropeType: 'default' },
};

describe.each(names)('the published config.json of %s', (name) => {
  it('is read as transformers means it', () => {
    expect(read(name)).toMatchObject(expected[name]);
  });

  it('is written with every setting, in the words of transformers 4 and 5', () => {
    const { bos_token_id: bosTokenId, eos_token_id: eosTokenId } = published[name];
    const text = hfConfigJson(read(name), { bosTokenId, eosTokenId, padTokenId: null });
    const written = JSON.parse(text) as Record<string, unknown>;
    // What no decoder reads, and windows that are switched off.
    const unread =
      /^(is_llama_config|rope_interleaved|pretraining_tp|use_mrope|sliding_window|max_window_layers)$/;
    const entries = Object.entries(published[name]).filter(([key]) => !unread.test(key));
    expect(written).toMatchObject(Object.fromEntries(entries));
    expect(written.rope_parameters).toEqual({
      ...(name === 'llama3' ? llama3Scaling : { rope_type: 'default' }),
      rope_theta: published[name].rope_theta,
    });
    expect(readHfConfig(text).model).toEqual(read(name));
  });
});

describe('what the families leave out', () => {
  const sizes = {
    vocab_size: 50,
    hidden_size: 64,
    intermediate_size: 20,
    num_hidden_layers: 2,
    num_attention_heads: 64,
    max_position_embeddings: 64,
  };
  const readSizes = (more: object): ModelConfig => readHfConfig(JSON.stringify({ ...sizes, ...more })).model;

  it('takes the value of each class', () => {
    expect(readSizes({ model_type: 'qwen3' })).toMatchObject({ headDim: 128, numKeyValueHeads: 32 });
    expect(readSizes({ model_type: 'qwen2', head_dim: 2 })).toMatchObject({ numKeyValueHeads: 32 });
    expect(readSizes({ model_type: 'qwen2', head_dim: 2, num_key_value_heads: null })).toMatchObject({
      numKeyValueHeads: 64,
    });
    const llama3 = { rope_type: 'llama3', factor: 4, low_freq_factor: 1, high_freq_factor: 4 };
    expect(readSizes({ model_type: 'llama', head_dim: 2, rope_scaling: llama3 })).toMatchObject({
      originalMaxPositionEmbeddings: 64,
    });
    expect(
      readSizes({ model_type: 'llama', head_dim: 2, rope_scaling: { type: 'linear', factor: 2.5 } }),
    ).toMatchObject({
      ropeType: 'linear',
      ropeFactor: 2.5,
    });
  });
});

describe('settings of a model form', () => {
  it('come back from config.json with every kind of rotary scaling', () => {
    const ids = { bosTokenId: null, eosTokenId: 3, padTokenId: null };
    for (const modelType of ['llama', 'qwen2', 'qwen3'] as const) {
      const fields = { llama: llamaFields, qwen2: qwenFields, qwen3: qwenFields }[modelType];
      for (const ropeType of ['default', 'linear', 'llama3'] as const) {
        const stretched = ropeType === 'default' ? {} : { ropeFactor: 3.5 };
        const model = { ...defaultsOf(fields), modelType, ropeType, ...stretched } as ModelConfig;
        expect(readHfConfig(hfConfigJson(model, ids)).model).toEqual(model);
      }
    }
  });

  it('written before rotary scaling was known mean none', () => {
    const { settings } = presets.find(({ settings: { model } }) => model.modelType === 'llama')!;
    const old = Object.fromEntries(
      Object.entries(settings.model).filter(([name]) => !/^rope(Type|Factor|Low|High)|^original/.test(name)),
    );
    expect(Object.keys(old)).toHaveLength(Object.keys(settings.model).length - 5);
    expect(parseRunSettings({ ...settings, model: old })).toEqual(settings);
  });
});

describe('model.py', () => {
  const forms = ['llama', 'qwen2', 'qwen3'] as const;
  const kinds = ['default', 'linear', 'llama3'] as const;
  it.each(forms.flatMap((form) => kinds.map((kind) => [form, kind] as const)))(
    'of %s with %s rotary positions has at most 60 short lines and nothing left open',
    (modelType, ropeType) => {
      const base = read(modelType === 'llama' ? 'smollm2' : modelType);
      for (const tieWordEmbeddings of [true, false]) {
        const text = modelPy({ ...base, ropeType, tieWordEmbeddings } as ModelConfig);
        const lines = text.trimEnd().split('\n');
        expect(lines.length).toBeLessThanOrEqual(60);
        expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(110);
        expect(text).not.toMatch(/undefined|null|NaN|\[object|\$\{/);
      }
    },
  );
});
