// PEFT folders: those that peft wrote open with the logits that it computed, ours have its names, shapes and keys,
// and variants that are not computed here are refused by name.

import { describe, expect, it } from 'vitest';
import type { TensorReader } from '../../../engine/formats/bytes.ts';
import { peftConfigJson, readPeftConfig, type PeftConfig } from '../../../engine/formats/peft.ts';
import { loraScale } from '../../../engine/models/lora.ts';
import { createModel, linearModel } from '../../../engine/models/model.ts';
import { peftTuning } from '../../../engine/models/peft-tuning.ts';
import { adapterParts } from '../../../engine/models/weights.ts';
import { adaptedConfigs, goldenTuning, loraGolden, openLoraGolden } from '../models/adapters.ts';
import { readerOf } from '../models/values-reader.ts';

const [gpt2, llama] = [adaptedConfigs[0]!, adaptedConfigs[1]!];
const folders = [
  { folder: 'gpt2-all', config: gpt2, targets: 'c_attn,c_proj,c_fc' },
  { folder: 'llama-all', config: llama, targets: 'q_proj,k_proj,v_proj,o_proj,gate_proj,up_proj,down_proj' },
  {
    folder: 'llama-few',
    config: llama,
    targets: 'model.layers.1.self_attn.q_proj,model.layers.1.self_attn.v_proj',
  },
];

async function configText(folder: string): Promise<string> {
  return new TextDecoder().decode(await loraGolden(`${folder}/adapter_config.json`));
}

async function open(folder: string): Promise<{ config: PeftConfig; adapter: TensorReader }> {
  const adapter = await openLoraGolden(`${folder}/adapter_model.safetensors`);
  return { config: readPeftConfig(await configText(folder)), adapter };
}

/** The words of a list with commas, in order. */
const sorted = (text: string): string[] => text.split(',').toSorted();

describe.each(folders)('the folder $folder of peft', ({ folder, config, targets }) => {
  it('lays out its very tensors beside the model', async () => {
    const { config: said, adapter } = await open(folder);
    const tuning = peftTuning(said, adapter, linearModel(config));
    expect(sorted(tuning.loraTargetModules)).toEqual(sorted(targets));
    const parts = adapterParts(createModel(config, { training: false, tuning }).parameters);
    const shapes = new Map(parts.map(({ name, shape }) => [name, shape.join()]));
    const expected = new Map([...adapter.tensors.values()].map(({ name, shape }) => [name, shape.join()]));
    expect(new Map([...shapes].toSorted())).toEqual(new Map([...expected].toSorted()));
  });

  it('is what is written for the same adapter, key by key', async () => {
    const { config: said, adapter } = await open(folder);
    const tuning = peftTuning(said, adapter, linearModel(config));
    const fanInFanOut = config.modelType === 'gpt2';
    const text = peftConfigJson({ tuning, fanInFanOut, baseModel: null, taskType: 'CAUSAL_LM' }, adapter);
    const written = JSON.parse(text) as Record<string, unknown>;
    const theirs = JSON.parse(await configText(folder)) as Record<string, unknown>;
    const isFew = folder === 'llama-few';
    // A rank-stabilized adapter is written with the alpha that gives the same scale.
    const differing = isFew ? ['use_rslora', 'lora_alpha', 'target_modules'] : [];
    const same = Object.keys(written).filter((key) => !differing.includes(key));
    for (const key of same) expect(written[key], key).toEqual(theirs[key]);
    expect(readPeftConfig(text)).toEqual(said);
  });
});

describe('adapter_config.json', () => {
  it('gives a rank-stabilized adapter its scale, alpha over the root of r', async () => {
    const { config } = await open('llama-few');
    expect(loraScale({ loraR: config.r, loraAlpha: config.loraAlpha })).toBeCloseTo(6 / Math.sqrt(3), 12);
  });

  it.each<[string, unknown]>([
    ['peft_type', 'IA3'],
    ['bias', 'lora_only'],
    ['use_dora', true],
    ['modules_to_save', ['lm_head']],
    ['init_lora_weights', 'pissa_niter_4'],
    ['rank_pattern', { q_proj: 4 }],
    ['alpha_pattern', { q_proj: 4 }],
    ['lora_bias', true],
    ['use_qalora', true],
    ['layer_replication', [[0, 1]]],
    ['trainable_token_indices', [1]],
    ['something_new', 'on'],
  ])('with %s %j is refused by that name', async (key, value) => {
    const json = { ...(JSON.parse(await configText('llama-all')) as object), [key]: value };
    expect(() => readPeftConfig(JSON.stringify(json))).toThrow(`adapter_config.json sets ${key} to`);
  });

  it.each([
    { r: 0, named: 'r' },
    { r: undefined, named: 'r' },
    { lora_alpha: 'much', named: 'lora_alpha' },
    { lora_dropout: 1, named: 'lora_dropout' },
  ])('without sense is refused: %j', async ({ named, ...change }) => {
    const json = { ...(JSON.parse(await configText('llama-all')) as object), ...change };
    expect(() => readPeftConfig(JSON.stringify(json))).toThrow(new RegExp(`at ${named}`));
  });

  it('names the head that was trained whole with a classifier', () => {
    const adapter = readerOf([
      ['base_model.model.bert.pooler.dense.lora_A.weight', [3, 2], new Float32Array(6)],
      ['base_model.model.bert.pooler.dense.lora_B.weight', [2, 3], new Float32Array(6)],
      ['base_model.model.classifier.weight', [3, 2], new Float32Array(6)],
      ['base_model.model.classifier.bias', [3], new Float32Array(3)],
    ]);
    const description = {
      tuning: goldenTuning,
      fanInFanOut: false,
      baseModel: 'x/y',
      taskType: 'SEQ_CLS',
    } as const;
    const json = JSON.parse(peftConfigJson(description, adapter)) as Record<string, unknown>;
    expect(json).toMatchObject({
      modules_to_save: ['classifier'],
      target_modules: ['bert.pooler.dense'],
      base_model_name_or_path: 'x/y',
      task_type: 'SEQ_CLS',
    });
    expect(readPeftConfig(JSON.stringify(json))).toMatchObject({ r: 3, loraAlpha: 6, baseModel: 'x/y' });
  });
});

describe('an adapter', () => {
  it('for another model is refused, naming what this one has', async () => {
    const { config, adapter } = await open('gpt2-all');
    const tuning = peftTuning(config, adapter, linearModel(llama));
    expect(() => createModel(llama, { training: false, tuning })).toThrow(
      'called "transformer.h.0.attn.c_attn"',
    );
  });

  it('with other tensors than LoRA matrices of its rank is refused by their name', async () => {
    const { config, adapter } = await open('llama-all');
    const odd = 'base_model.model.model.embed_tokens.lora_embedding_A';
    const withOdd = {
      ...adapter,
      tensors: new Map([...adapter.tensors, [odd, [...adapter.tensors.values()][0]!]]),
    };
    expect(() => peftTuning(config, withOdd, linearModel(llama))).toThrow('embed_tokens.lora_embedding_A');
    expect(() => peftTuning({ ...config, r: 4 }, adapter, linearModel(llama))).toThrow('has rank 3');
    expect(() => peftTuning(config, readerOf([]), linearModel(llama))).toThrow('is missing');
  });
});
