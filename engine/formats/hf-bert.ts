// The BERT form in Hugging Face files: BertForMaskedLM, or BertForSequenceClassification where there are classes,
// whose names stand in id2label. Read are also files that hold a pooler nobody uses, and the names of norms from
// BERT's first years. Source: transformers, models/bert.

import type { BertConfig } from '../config.ts';
import { bertModelPy } from './hf-bert-py.ts';
import { refuseHf, type HfFamily, type StateDict, type StateDictTensor } from './hf-family.ts';
import type { JsonObject, JsonValue } from './strict-json.ts';

const classifier = 'BertForSequenceClassification';
const wordTable = 'bert.embeddings.word_embeddings.weight';
const maxLabels = 100_000;
const maxLabelCharacters = 1_000;

export const bertFamily: HfFamily<BertConfig, 'numLabels'> = {
  architecture: 'BertForMaskedLM',
  classifier,
  keys: {
    vocabSize: 'vocab_size',
    hiddenSize: 'hidden_size',
    numHiddenLayers: 'num_hidden_layers',
    numAttentionHeads: 'num_attention_heads',
    intermediateSize: 'intermediate_size',
    maxPositionEmbeddings: 'max_position_embeddings',
    hiddenAct: 'hidden_act',
    typeVocabSize: 'type_vocab_size',
    layerNormEpsilon: 'layer_norm_eps',
    hiddenDropout: 'hidden_dropout_prob',
    attentionDropout: 'attention_probs_dropout_prob',
    tieWordEmbeddings: 'tie_word_embeddings',
    initializerRange: 'initializer_range',
  },
  nested: (config) => ({ numLabels: labels(config).length }),
  labels,
  requiredKeys: [
    'vocab_size',
    'hidden_size',
    'num_hidden_layers',
    'num_attention_heads',
    'intermediate_size',
    'max_position_embeddings',
  ],
  defaults: () => ({
    hidden_act: 'gelu',
    type_vocab_size: 2,
    layer_norm_eps: 1e-12,
    hidden_dropout_prob: 0.1,
    attention_probs_dropout_prob: 0.1,
    tie_word_embeddings: true,
    initializer_range: 0.02,
  }),
  fixed: { is_decoder: false, add_cross_attention: false },
  extra: ({ numLabels }, names) => ({
    classifier_dropout: 'null',
    position_embedding_type: '"absolute"',
    ...(numLabels > 0 ? labelMembers(numLabels, names) : {}),
  }),
  checkJson,
  checkConfig: () => {},
  stateDict,
  prefix: 'bert.',
  unread: /^(?:bert\.)?(?:embeddings\.position_ids$|pooler\.)|^cls\.seq_relationship\./,
  olderName: (name) =>
    name.replace(/LayerNorm\.weight$/, 'LayerNorm.gamma').replace(/LayerNorm\.bias$/, 'LayerNorm.beta'),
  modelPy: bertModelPy,
};

function labelMembers(numLabels: number, names: readonly string[]): Record<string, string> {
  const all = Array.from({ length: numLabels }, (_, i) => names[i] ?? `LABEL_${i}`);
  return {
    id2label: JSON.stringify(Object.fromEntries(all.map((name, i) => [String(i), name]))),
    label2id: JSON.stringify(Object.fromEntries(all.map((name, i) => [name, i]))),
    problem_type: '"single_label_classification"',
  };
}

/** The names of a classifier's classes, of id2label or as transformers makes them up; none of any other model. */
function labels(config: JsonObject): string[] {
  const architectures = config.get('architectures');
  if (!Array.isArray(architectures) || !architectures.includes(classifier)) return [];
  const names = config.get('id2label') ?? null;
  if (names === null) {
    const count = config.get('num_labels') ?? 2;
    if (typeof count !== 'number' || !(count >= 1 && count <= maxLabels)) return refuseLabels();
    return Array.from({ length: Math.floor(count) }, (_, i) => `LABEL_${i}`);
  }
  if (!(names instanceof Map)) return refuseLabels();
  return Array.from({ length: names.size }, (_, i) => {
    const name = (names as JsonObject).get(String(i));
    return typeof name === 'string' && name.length <= maxLabelCharacters ? name : refuseLabels();
  });
}

function refuseLabels(): never {
  return refuseHf(
    'hf-config-invalid',
    'config.json has an id2label that does not name the classes 0, 1, 2, ….',
    'Give each class a name under its number.',
  );
}

function checkJson(config: JsonObject): void {
  const only = (key: string, supported: readonly JsonValue[]): void => {
    const value = config.get(key) ?? null;
    if (value === null || supported.includes(value)) return;
    refuseHf(
      'hf-setting-unsupported',
      `config.json sets ${key} to ${JSON.stringify(value).slice(0, 100)}; only ${supported.join(', ')} is supported.`,
      'Choose a model without this setting.',
    );
  };
  only('position_embedding_type', ['absolute']);
  only('problem_type', ['single_label_classification']);
  only('classifier_dropout', [config.get('hidden_dropout_prob') ?? 0.1]);
  if (labels(config).length !== 1) return;
  // transformers takes one class for a number that is to be estimated.
  refuseHf(
    'hf-setting-unsupported',
    'config.json names a single class, which transformers takes for regression; two or more are supported.',
    'Choose a model that tells classes apart.',
  );
}

function stateDict(config: BertConfig): StateDict {
  const { vocabSize: V, hiddenSize: C, intermediateSize: inner } = config;
  const tensors: StateDictTensor[] = [];
  const one = (name: string, ...shape: number[]): void => {
    tensors.push({ name, shape, isZeros: false });
  };
  const dense = (name: string, outputs: number, inputs: number): void => {
    one(`${name}.weight`, outputs, inputs);
    one(`${name}.bias`, outputs);
  };
  const norm = (name: string): void => {
    one(`${name}.LayerNorm.weight`, C);
    one(`${name}.LayerNorm.bias`, C);
  };
  one(wordTable, V, C);
  one('bert.embeddings.position_embeddings.weight', config.maxPositionEmbeddings, C);
  one('bert.embeddings.token_type_embeddings.weight', config.typeVocabSize, C);
  norm('bert.embeddings');
  for (let layer = 0; layer < config.numHiddenLayers; layer++) {
    const block = `bert.encoder.layer.${layer}`;
    for (const name of ['query', 'key', 'value']) dense(`${block}.attention.self.${name}`, C, C);
    dense(`${block}.attention.output.dense`, C, C);
    norm(`${block}.attention.output`);
    dense(`${block}.intermediate.dense`, inner, C);
    dense(`${block}.output.dense`, C, inner);
    norm(`${block}.output`);
  }
  if (config.numLabels > 0) {
    dense('bert.pooler.dense', C, C);
    dense('classifier', config.numLabels, C);
    return { tensors, aliases: [] };
  }
  const head = 'cls.predictions';
  one(`${head}.bias`, V);
  dense(`${head}.transform.dense`, C, C);
  norm(`${head}.transform`);
  if (config.tieWordEmbeddings) {
    return {
      tensors,
      aliases: [
        { name: `${head}.decoder.weight`, sameAs: wordTable },
        { name: `${head}.decoder.bias`, sameAs: `${head}.bias` },
      ],
    };
  }
  one(`${head}.decoder.weight`, V, C);
  // An untied head reads a bias of its own; the other one stays beside it.
  tensors.push({
    name: `${head}.decoder.bias`,
    shape: [V],
    isZeros: false,
    parts: [{ name: `${head}.bias`, shape: [V] }],
  });
  return { tensors, aliases: [] };
}
