// The parameters of the T5 form: names and layouts of transformers' T5ForConditionalGeneration, and T5's own spreads,
// which take the place of a scale of the attention logits. Queries, keys and values of one input are one parameter.

import type { T5Config } from '../config.ts';
import { matrix, norm } from './blocks.ts';
import type { ParameterSpec } from './parameters.ts';

/** Every parameter of a configuration. C = hidden, I = intermediate, E = heads * head size. */
export function t5ParameterSpecs(config: T5Config): ParameterSpec[] {
  const { vocabSize, hiddenSize: C, initializerFactor } = config;
  const specs = [matrix('shared.weight', [vocabSize, C], initializerFactor)];
  for (let layer = 0; layer < config.numHiddenLayers; layer++) {
    const l = `encoder.block.${layer}.layer`;
    specs.push(...selfAttentionSpecs(config, `${l}.0`, layer === 0), ...feedForwardSpecs(config, `${l}.1`));
  }
  specs.push(norm('encoder.final_layer_norm', C, false));
  for (let layer = 0; layer < config.numDecoderLayers; layer++) {
    const l = `decoder.block.${layer}.layer`;
    specs.push(
      ...selfAttentionSpecs(config, `${l}.0`, layer === 0),
      ...crossAttentionSpecs(config, `${l}.1`),
      ...feedForwardSpecs(config, `${l}.2`),
    );
  }
  specs.push(norm('decoder.final_layer_norm', C, false));
  if (!config.tieWordEmbeddings) {
    // Logits of size one at the start; with transformers' spread of one the first losses are far above chance.
    specs.push(matrix('lm_head.weight', [vocabSize, C], initializerFactor / Math.sqrt(C)));
  }
  return specs;
}

function selfAttentionSpecs(config: T5Config, name: string, hasTable: boolean): ParameterSpec[] {
  const { hiddenSize: C, numAttentionHeads: heads, relativeAttentionNumBuckets: buckets } = config;
  const attention = `${name}.SelfAttention`;
  const specs = [
    stacked(config, attention, 'qkv', ['q', 'k', 'v']),
    outputSpec(config, attention),
    norm(`${name}.layer_norm`, C, false),
  ];
  if (!hasTable) return specs;
  const range = config.initializerFactor / Math.sqrt(C);
  return [...specs, matrix(`${attention}.relative_attention_bias.weight`, [buckets, heads], range)];
}

function crossAttentionSpecs(config: T5Config, name: string): ParameterSpec[] {
  const { hiddenSize: C, numAttentionHeads, headDim } = config;
  const attention = `${name}.EncDecAttention`;
  return [
    matrix(`${attention}.q.weight`, [numAttentionHeads * headDim, C], projectionRange(config, 'q')),
    stacked(config, attention, 'kv', ['k', 'v']),
    outputSpec(config, attention),
    norm(`${name}.layer_norm`, C, false),
  ];
}

function feedForwardSpecs(config: T5Config, name: string): ParameterSpec[] {
  const { hiddenSize: C, intermediateSize: I, initializerFactor: factor } = config;
  const dense = `${name}.DenseReluDense`;
  const range = factor / Math.sqrt(C);
  const up = config.isGatedAct
    ? stack(
        `${dense}.wi`,
        ['wi_0', 'wi_1'].map((part) => matrix(`${dense}.${part}.weight`, [I, C], range)),
      )
    : matrix(`${dense}.wi.weight`, [I, C], range);
  return [
    up,
    matrix(`${dense}.wo.weight`, [C, I], factor / Math.sqrt(I)),
    norm(`${name}.layer_norm`, C, false),
  ];
}

function outputSpec(config: T5Config, attention: string): ParameterSpec {
  const size = config.numAttentionHeads * config.headDim;
  return matrix(
    `${attention}.o.weight`,
    [config.hiddenSize, size],
    config.initializerFactor / Math.sqrt(size),
  );
}

type Projection = 'q' | 'k' | 'v';

function stacked(
  config: T5Config,
  attention: string,
  key: string,
  projections: readonly Projection[],
): ParameterSpec {
  const shape = [config.numAttentionHeads * config.headDim, config.hiddenSize];
  return stack(
    `${attention}.${key}`,
    projections.map((one) => matrix(`${attention}.${one}.weight`, shape, projectionRange(config, one))),
  );
}

function projectionRange(config: T5Config, projection: Projection): number {
  const { hiddenSize: C, headDim, initializerFactor } = config;
  return initializerFactor / Math.sqrt(projection === 'q' ? C * headDim : C);
}

/** Matrices with the same columns as one, each with its own spread. */
function stack(key: string, matrices: readonly ParameterSpec[]): ParameterSpec {
  const rows = matrices.reduce((sum, { shape }) => sum + shape[0]!, 0);
  return {
    key,
    shape: [rows, matrices[0]!.shape[1]!],
    decays: true,
    parts: matrices.flatMap(({ parts }) => parts),
  };
}
