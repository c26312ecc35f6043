// The BERT form (Devlin et al. 2019; names and layout of transformers' BertForMaskedLM and
// BertForSequenceClassification): learned positions, attention in both directions, layer norm after each part,
// Linear weights (out, in) with biases. With numLabels 0 its head predicts hidden tokens, else classes.
// B = batch, T = tokens, C = hidden, I = intermediate, M = B*T, V = vocabulary.

import type { BertConfig } from '../config.ts';
import { scalarsInput } from '../graph/scalars.ts';
import type { Tape } from '../graph/tape.ts';
import type { Tensor } from '../graph/tensor.ts';
import { dropoutAdd } from '../ops/dropout/dropout.ts';
import { embedding } from '../ops/embedding/embedding.ts';
import { feedForward, linear } from '../ops/matmul/matmul.ts';
import { layerNorm } from '../ops/norm/norm.ts';
import { bias, biases, firstRowsInput, fused, matrix, norm, tokenInputs, type PassShape } from './blocks.ts';
import type { EncoderFamily, ParameterLookup } from './family.ts';
import type { ParameterSpec } from './parameters.ts';
import { selfAttention } from './self-attention.ts';

const embeddings = 'bert.embeddings';
const wordTable = `${embeddings}.word_embeddings.weight`;
const transform = 'cls.predictions.transform';
const pooler = 'bert.pooler.dense';
const linearLayout = { layout: 'out-in' } as const;

function parameterSpecs(config: BertConfig): ParameterSpec[] {
  const { hiddenSize: C, initializerRange: range } = config;
  const specs: ParameterSpec[] = [
    matrix(wordTable, [config.vocabSize, C], range),
    matrix(`${embeddings}.position_embeddings.weight`, [config.maxPositionEmbeddings, C], range),
    matrix(`${embeddings}.token_type_embeddings.weight`, [config.typeVocabSize, C], range),
    norm(`${embeddings}.LayerNorm`, C, true),
  ];
  for (let layer = 0; layer < config.numHiddenLayers; layer++) specs.push(...blockSpecs(config, layer));
  if (config.numLabels > 0) {
    specs.push(...dense(pooler, C, C, range), ...dense('classifier', config.numLabels, C, range));
    return specs;
  }
  specs.push(...dense(`${transform}.dense`, C, C, range), norm(`${transform}.LayerNorm`, C, true));
  specs.push(bias('cls.predictions.bias', config.vocabSize));
  if (!config.tieWordEmbeddings) specs.push(matrix(decoderKey, [config.vocabSize, C], range));
  return specs;
}

const decoderKey = 'cls.predictions.decoder.weight';

function blockSpecs({ hiddenSize: C, intermediateSize: I, initializerRange }: BertConfig, layer: number) {
  const l = layerName(layer);
  const projections = ['query', 'key', 'value'].map((name) => `${l}.attention.self.${name}`);
  return [
    fused(
      `${l}.attention.self.qkv.weight`,
      [3 * C, C],
      projections.map((name) => ({ name: `${name}.weight`, shape: [C, C] })),
      { kind: 'normal', standardDeviation: initializerRange },
    ),
    biases(
      `${l}.attention.self.qkv.bias`,
      projections.map((name) => ({ name: `${name}.bias`, size: C })),
    ),
    ...dense(`${l}.attention.output.dense`, C, C, initializerRange),
    norm(`${l}.attention.output.LayerNorm`, C, true),
    ...dense(`${l}.intermediate.dense`, I, C, initializerRange),
    ...dense(`${l}.output.dense`, C, I, initializerRange),
    norm(`${l}.output.LayerNorm`, C, true),
  ];
}

const layerName = (layer: number): string => `bert.encoder.layer.${layer}`;

function dense(name: string, outputs: number, inputs: number, range: number): ParameterSpec[] {
  return [matrix(`${name}.weight`, [outputs, inputs], range), bias(`${name}.bias`, outputs)];
}

/** A dense layer's weight and bias. */
function projection(parameters: ParameterLookup, name: string): { weight: Tensor; bias: Tensor } {
  return { weight: parameters.get(`${name}.weight`), bias: parameters.get(`${name}.bias`) };
}

function hidden(tape: Tape, config: BertConfig, parameters: ParameterLookup, pass: PassShape): Tensor {
  const inputs = tokenInputs(tape, pass);
  const positions = parameters.get(`${embeddings}.position_embeddings.weight`);
  const sum = embedding(
    tape,
    [
      { ids: inputs.ids, order: inputs.idOrder, table: parameters.get(wordTable) },
      { ids: inputs.positions, order: inputs.positionOrder, table: positions },
    ],
    parameters.get(`${embeddings}.token_type_embeddings.weight`),
  );
  let x = layerNorm(tape, sum, parameters.get(`${embeddings}.LayerNorm`), config.layerNormEpsilon);
  x = dropoutAdd(tape, x, null, config.hiddenDropout, scalarsInput(tape));
  for (let layer = 0; layer < config.numHiddenLayers; layer++) {
    x = block(tape, config, parameters, pass, x, layer);
  }
  return x;
}

/** norm(x + attention(x)), then norm(x + feedForward(x)); x (M, C) f32. */
function block(
  tape: Tape,
  config: BertConfig,
  parameters: ParameterLookup,
  pass: PassShape,
  x: Tensor,
  layer: number,
): Tensor {
  const { hiddenSize: C, numAttentionHeads, layerNormEpsilon } = config;
  const l = layerName(layer);
  const dropout = tape.training ? config.hiddenDropout : 0;
  /** Adds `to` to what a part gives: in its last product, unless dropout stands between. */
  const residual = (to: Tensor): Tensor | null => (dropout > 0 ? null : to);
  const dropped = (part: Tensor, to: Tensor): Tensor =>
    dropout > 0 ? dropoutAdd(tape, part, to, dropout, scalarsInput(tape)) : part;

  const qkv = projection(parameters, `${l}.attention.self.qkv`);
  const attended = selfAttention(
    tape,
    linear(tape, x, qkv.weight, { ...linearLayout, bias: qkv.bias }),
    pass,
    layer,
    {
      numHeads: numAttentionHeads,
      numKeyValueHeads: numAttentionHeads,
      headDim: C / numAttentionHeads,
      dropout: config.attentionDropout,
      isCausal: false,
    },
  );
  const output = projection(parameters, `${l}.attention.output.dense`);
  const mixed = linear(tape, attended, output.weight, {
    ...linearLayout,
    bias: output.bias,
    residual: residual(x),
  });
  const attentionNorm = parameters.get(`${l}.attention.output.LayerNorm`);
  const y = layerNorm(tape, dropped(mixed, x), attentionNorm, layerNormEpsilon);
  const fed = feedForward(tape, y, {
    ...linearLayout,
    activation: config.hiddenAct,
    up: projection(parameters, `${l}.intermediate.dense`),
    down: projection(parameters, `${l}.output.dense`),
    residual: residual(y),
  });
  return layerNorm(tape, dropped(fed, y), parameters.get(`${l}.output.LayerNorm`), layerNormEpsilon);
}

/**
 * Hidden tokens: norm(act(x W + b)), one row for each row of states. Classes: tanh(x W + b) of each sequence's
 * first token, one row a sequence; reads the input `firstRows`.
 */
function beforeHead(
  tape: Tape,
  config: BertConfig,
  parameters: ParameterLookup,
  states: Tensor,
  pass: PassShape,
): { scored: Tensor; bias: Tensor } {
  if (config.numLabels > 0) {
    const first = embedding(tape, [{ ids: firstRowsInput(tape, pass.batch), order: null, table: states }]);
    const { weight, bias } = projection(parameters, pooler);
    const pooled = linear(tape, first, weight, { ...linearLayout, bias, activation: 'tanh' });
    const scored = dropoutAdd(tape, pooled, null, config.hiddenDropout, scalarsInput(tape));
    return { scored, bias: parameters.get('classifier.bias') };
  }
  const { weight, bias } = projection(parameters, `${transform}.dense`);
  const bent = linear(tape, states, weight, { ...linearLayout, bias, activation: config.hiddenAct });
  const scored = layerNorm(tape, bent, parameters.get(`${transform}.LayerNorm`), config.layerNormEpsilon);
  return { scored, bias: parameters.get('cls.predictions.bias') };
}

export const bert: EncoderFamily<BertConfig> = {
  architecture: 'encoder',
  parameterSpecs,
  constants: () => [],
  hidden,
  beforeHead,
  headKey({ numLabels, tieWordEmbeddings }) {
    if (numLabels > 0) return 'classifier.weight';
    return tieWordEmbeddings ? wordTable : decoderKey;
  },
};
