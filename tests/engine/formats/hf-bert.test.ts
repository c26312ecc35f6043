// The BERT form in Hugging Face files: bert-base-uncased's published config.json, classes and their names, names of
// weights that other files use, and what is refused.

import { describe, expect, it } from 'vitest';
import { bertFields, defaultsOf, type BertConfig } from '../../../engine/config.ts';
import { elementCount, type TensorReader } from '../../../engine/formats/bytes.ts';
import { hfConfigJson, readHfConfig } from '../../../engine/formats/hf-config.ts';
import { hfStateDict, hfTensorsToWrite } from '../../../engine/formats/hf-state-dict.ts';
import { hfWeights } from '../../../engine/formats/hf-weights.ts';
import { modelPy } from '../../../engine/formats/model-py.ts';
import { openSafetensors, writeSafetensors } from '../../../engine/formats/safetensors.ts';
import { createModel } from '../../../engine/models/model.ts';
import { modelParts } from '../../../engine/models/weights.ts';
import { collect, sourceOf } from './in-memory.ts';

/** Of bert-base-uncased. */
const published = {
  architectures: ['BertForMaskedLM'],
  attention_probs_dropout_prob: 0.1,
  gradient_checkpointing: false,
  hidden_act: 'gelu',
  hidden_dropout_prob: 0.1,
  hidden_size: 768,
  initializer_range: 0.02,
  intermediate_size: 3072,
  layer_norm_eps: 1e-12,
  max_position_embeddings: 512,
  model_type: 'bert',
  num_attention_heads: 12,
  num_hidden_layers: 12,
  pad_token_id: 0,
  position_embedding_type: 'absolute',
  transformers_version: '4.6.0.dev0',
  type_vocab_size: 2,
  use_cache: true,
  vocab_size: 30522,
};
const classifier = { ...published, architectures: ['BertForSequenceClassification'] };
const noIds = { bosTokenId: null, eosTokenId: null, padTokenId: 0 };
const read = (json: object) => readHfConfig(JSON.stringify(json));

const tiny: BertConfig = {
  modelType: 'bert',
  ...defaultsOf(bertFields),
  vocabSize: 11,
  hiddenSize: 4,
  numHiddenLayers: 1,
  numAttentionHeads: 2,
  intermediateSize: 6,
  maxPositionEmbeddings: 5,
};
const forms: BertConfig[] = [tiny, { ...tiny, tieWordEmbeddings: false }, { ...tiny, numLabels: 3 }];

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
  it('of bert-base-uncased is read as transformers means it, and written again', () => {
    const { model, labels, padTokenId } = read(published);
    expect(labels).toEqual([]);
    expect(padTokenId).toBe(0);
    expect(model).toEqual({
      modelType: 'bert',
      vocabSize: 30_522,
      hiddenSize: 768,
      numHiddenLayers: 12,
      numAttentionHeads: 12,
      intermediateSize: 3_072,
      maxPositionEmbeddings: 512,
      tieWordEmbeddings: true,
      initializerRange: 0.02,
      hiddenAct: 'gelu',
      typeVocabSize: 2,
      numLabels: 0,
      layerNormEpsilon: 1e-12,
      hiddenDropout: 0.1,
      attentionDropout: 0.1,
    });
    const written = JSON.parse(hfConfigJson(model, noIds)) as object;
    const { transformers_version: _, gradient_checkpointing: __, ...kept } = published;
    expect(written).toMatchObject(kept);
    expect(written).not.toHaveProperty('id2label');
  });

  it('of a classifier names its classes, as transformers does where it does not', () => {
    const named = read({ ...classifier, id2label: { 0: 'calm', 1: 'busy', 2: 'other' }, label2id: null });
    expect(named.model).toMatchObject({ numLabels: 3 });
    expect(named.labels).toEqual(['calm', 'busy', 'other']);
    expect(read(classifier)).toMatchObject({ model: { numLabels: 2 }, labels: ['LABEL_0', 'LABEL_1'] });
    expect(read({ ...classifier, num_labels: 4 }).labels).toHaveLength(4);
    // Names of classes that nothing tells apart.
    expect(read({ ...published, id2label: { 0: 'a', 1: 'b' } })).toMatchObject({
      model: { numLabels: 0 },
      labels: [],
    });
  });

  it('of a classifier is written with its names', () => {
    const labels = ['calm', 'ça va', '"'];
    const text = hfConfigJson({ ...tiny, numLabels: 3 }, noIds, 'f32', 'bert', labels);
    expect(JSON.parse(text)).toMatchObject({
      architectures: ['BertForSequenceClassification'],
      id2label: { 0: 'calm', 1: 'ça va', 2: '"' },
      label2id: { calm: 0, 'ça va': 1, '"': 2 },
      problem_type: 'single_label_classification',
    });
    expect(readHfConfig(text)).toMatchObject({ model: { ...tiny, numLabels: 3 }, labels });
    const unnamed = readHfConfig(hfConfigJson({ ...tiny, numLabels: 2 }, noIds));
    expect(unnamed.labels).toEqual(['LABEL_0', 'LABEL_1']);
  });

  it.each([
    [{ ...published, architectures: ['BertModel'] }, 'hf-architecture-unsupported', 'BertModel'],
    [{ ...published, is_decoder: true }, 'hf-setting-unsupported', 'is_decoder'],
    [
      { ...published, position_embedding_type: 'relative_key' },
      'hf-setting-unsupported',
      'position_embedding_type',
    ],
    [{ ...published, hidden_act: 'mish' }, 'hf-config-invalid', 'hiddenAct'],
    [{ ...classifier, problem_type: 'regression' }, 'hf-setting-unsupported', 'problem_type'],
    [{ ...classifier, classifier_dropout: 0.4 }, 'hf-setting-unsupported', 'classifier_dropout'],
    [{ ...classifier, id2label: { 0: 'score' } }, 'hf-setting-unsupported', 'regression'],
    [{ ...classifier, id2label: { 0: 'a', 2: 'b' } }, 'hf-config-invalid', 'id2label'],
    [{ ...classifier, id2label: ['a', 'b'] }, 'hf-config-invalid', 'id2label'],
    [{ ...classifier, num_labels: 1e12 }, 'hf-config-invalid', 'id2label'],
  ])('%# is refused by name', (json, code, word) => {
    expect(() => read(json)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(word) as string }),
    );
  });
});

describe.each(forms)('weights, tied $tieWordEmbeddings, $numLabels classes', (config) => {
  it('are written from the tensors of the model, and all of these are read', async () => {
    const parts = modelParts(createModel(config, { training: false }).parameters);
    const asked = new Set<string>();
    const { tensors } = hfTensorsToWrite(config, (name) => {
      asked.add(name);
      return new Float32Array(elementCount(parts.find((part) => part.name === name)!.shape));
    });
    for (const tensor of tensors) await tensor.read();
    expect([...asked].sort()).toEqual(parts.map(({ name }) => name).sort());
    const { tensors: found } = await hfWeights(config, await fileOf(tensors));
    for (const { name, shape } of parts) expect(found.get(name)?.shape, name).toEqual(shape);
  });

  it('are found without the prefix, with the names of old norms, beside what nothing reads', async () => {
    const { tensors, aliases } = hfStateDict(config);
    const shapes = new Map(tensors.map(({ name, shape }) => [name, shape]));
    const old = (name: string): string =>
      name
        .replace(/^bert\./, '')
        .replace('LayerNorm.weight', 'LayerNorm.gamma')
        .replace('LayerNorm.bias', 'LayerNorm.beta');
    const reader = await fileOf([
      ...tensors.map(({ name, shape }) => ({ name: old(name), shape })),
      ...aliases.map(({ name, sameAs }) => ({ name, shape: shapes.get(sameAs)! })),
      { name: 'embeddings.position_ids', shape: [1, 5] },
      { name: 'cls.seq_relationship.weight', shape: [2, 4] },
      ...(config.numLabels > 0 ? [] : [{ name: 'pooler.dense.weight', shape: [4, 4] }]),
    ]);
    const weights = await hfWeights(config, reader);
    const position = tensors.findIndex(({ name }) => name === 'bert.embeddings.LayerNorm.bias');
    const values = await weights.readF32('bert.embeddings.LayerNorm.bias');
    expect(Array.from(values)).toEqual([0, 1, 2, 3].map((i) => position + i / 8));
  });

  it('are refused where one is missing or belongs to another head', async () => {
    const { tensors } = hfStateDict(config);
    await expect(hfWeights(config, await fileOf(tensors.slice(1)))).rejects.toMatchObject({
      code: 'weights-tensor-missing',
    });
    const more = await fileOf([...tensors, { name: 'qa_outputs.weight', shape: [2, 4] }]);
    await expect(hfWeights(config, more)).rejects.toMatchObject({ code: 'weights-tensor-unknown' });
  });

  it('have a model.py of at most 70 short lines with nothing left open', () => {
    const text = modelPy(config);
    const lines = text.trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(70);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(110);
    expect(text).not.toMatch(/undefined|null|NaN|\[object|transformers import|\$\{/);
  });
});
