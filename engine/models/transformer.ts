// The encoder-decoder of Vaswani et al. 2017 as PyTorch's nn.Transformer computes it, norms after or before each
// part, and as Marian models do. Linear weights (out, in), biases everywhere but in the head. Its tensors are named
// as in nn.Transformer's state dict, but queries, keys and values each have one of their own.
// C = hidden, M = B*T target or B*S source rows.

import type { TransformerConfig } from '../config.ts';
import { scalarsInput } from '../graph/scalars.ts';
import type { Tape } from '../graph/tape.ts';
import { addToArena, type Tensor } from '../graph/tensor.ts';
import { dropoutAdd } from '../ops/dropout/dropout.ts';
import { embedding } from '../ops/embedding/embedding.ts';
import { feedForward, linear } from '../ops/matmul/matmul.ts';
import { layerNorm } from '../ops/norm/norm.ts';
import {
  bias,
  biases,
  fused,
  matrix,
  norm,
  sourceInputs,
  sourceRangeInput,
  tokenInputs,
  type PassOptions,
  type TokenInputs,
} from './blocks.ts';
import { cacheSource, crossAttention } from './cross-attention.ts';
import type { EncoderDecoderFamily, ParameterLookup, SourceShape, TargetPass } from './family.ts';
import type { ParameterSpec } from './parameters.ts';
import { selfAttention, type AttentionForm } from './self-attention.ts';
import { sinusoidalTable } from './sinusoidal-table.ts';

const positionTable = 'sinusoidal positions';
const outputBias = 'final_logits_bias';
const layout = 'out-in' as const;

type Side = 'src' | 'tgt';

/** What the functions of one recorded pass share. */
interface Recording {
  readonly tape: Tape;
  readonly config: TransformerConfig;
  readonly parameters: ParameterLookup;
}

function parameterSpecs(config: TransformerConfig): ParameterSpec[] {
  const { vocabSize, hiddenSize: C, maxPositionEmbeddings, initializerRange } = config;
  const table = (name: string, rows: number): ParameterSpec =>
    matrix(`${name}.weight`, [rows, C], initializerRange);
  const specs = [table('src_tok_emb', vocabSize)];
  if (!config.shareEncoderDecoderEmbeddings) specs.push(table('tgt_tok_emb', vocabSize));
  if (config.positionEmbeddingType === 'learned') {
    specs.push(table('src_pos_emb', maxPositionEmbeddings), table('tgt_pos_emb', maxPositionEmbeddings));
  }
  for (let layer = 0; layer < config.numHiddenLayers; layer++) {
    const l = `transformer.encoder.layers.${layer}`;
    specs.push(
      ...attentionSpecs(config, `${l}.self_attn`, [['qkv', ['q', 'k', 'v']]]),
      ...feedForwardSpecs(config, l),
      norm(`${l}.norm1`, C, true),
      norm(`${l}.norm2`, C, true),
    );
  }
  if (config.finalNorm) specs.push(norm('transformer.encoder.norm', C, true));
  for (let layer = 0; layer < config.numDecoderLayers; layer++) {
    const l = `transformer.decoder.layers.${layer}`;
    specs.push(
      ...attentionSpecs(config, `${l}.self_attn`, [['qkv', ['q', 'k', 'v']]]),
      ...attentionSpecs(config, `${l}.multihead_attn`, [
        ['q', ['q']],
        ['kv', ['k', 'v']],
      ]),
      ...feedForwardSpecs(config, l),
      norm(`${l}.norm1`, C, true),
      norm(`${l}.norm2`, C, true),
      norm(`${l}.norm3`, C, true),
    );
  }
  if (config.finalNorm) specs.push(norm('transformer.decoder.norm', C, true));
  if (!config.tieWordEmbeddings) specs.push(table('generator', vocabSize));
  if (config.outputBias) specs.push({ ...bias(outputBias, vocabSize), isFixed: true });
  return specs;
}

/** The projections of an attention; each group of them is computed as one. */
function attentionSpecs(
  { hiddenSize: C, initializerRange: standardDeviation }: TransformerConfig,
  name: string,
  groups: readonly [key: string, projections: readonly string[]][],
): ParameterSpec[] {
  return [
    ...groups.flatMap(([key, projections]) => [
      fused(
        `${name}.${key}`,
        [projections.length * C, C],
        projections.map((one) => ({ name: `${name}.${one}_proj.weight`, shape: [C, C] })),
        { kind: 'normal', standardDeviation },
      ),
      biases(
        `${name}.${key}.bias`,
        projections.map((one) => ({ name: `${name}.${one}_proj.bias`, size: C })),
      ),
    ]),
    matrix(`${name}.out_proj.weight`, [C, C], standardDeviation),
    bias(`${name}.out_proj.bias`, C),
  ];
}

function feedForwardSpecs(config: TransformerConfig, layer: string): ParameterSpec[] {
  const { hiddenSize: C, intermediateSize: I, initializerRange } = config;
  return [
    matrix(`${layer}.linear1.weight`, [I, C], initializerRange),
    bias(`${layer}.linear1.bias`, I),
    matrix(`${layer}.linear2.weight`, [C, I], initializerRange),
    bias(`${layer}.linear2.bias`, C),
  ];
}

function encode(
  tape: Tape,
  config: TransformerConfig,
  parameters: ParameterLookup,
  pass: SourceShape,
): Tensor {
  const recording = { tape, config, parameters };
  const { batch, sourceLength: length } = pass;
  const form = { ...attentionForm(config), isCausal: false, validRange: sourceRangeInput(tape, batch) };
  let x = embed(recording, 'src', sourceInputs(tape, pass));
  for (let layer = 0; layer < config.numHiddenLayers; layer++) {
    const l = `transformer.encoder.layers.${layer}`;
    x = attendSelf(recording, `${l}.norm1`, `${l}.self_attn`, x, { batch, length }, layer, form);
    x = feed(recording, `${l}.norm2`, l, x);
  }
  return finalNorm(recording, 'encoder', x);
}

function decode(
  tape: Tape,
  config: TransformerConfig,
  parameters: ParameterLookup,
  memory: Tensor | null,
  pass: TargetPass,
): Tensor {
  const recording = { tape, config, parameters };
  const form = attentionForm(config);
  let x = embed(recording, 'tgt', tokenInputs(tape, pass));
  for (let layer = 0; layer < config.numDecoderLayers; layer++) {
    const l = `transformer.decoder.layers.${layer}`;
    const cross = `${l}.multihead_attn`;
    x = attendSelf(recording, `${l}.norm1`, `${l}.self_attn`, x, pass, layer, form);
    const keyValue = memory && project(recording, memory, `${cross}.kv`);
    x = residual(recording, `${l}.norm2`, x, (normed, added) => {
      const query = project(recording, normed, `${cross}.q`);
      const attended = crossAttention(tape, query, keyValue, pass, layer, form);
      return output(recording, attended, `${cross}.out_proj`, added);
    });
    x = feed(recording, `${l}.norm3`, l, x);
  }
  return finalNorm(recording, 'decoder', x);
}

function cacheMemory(
  tape: Tape,
  config: TransformerConfig,
  parameters: ParameterLookup,
  memory: Tensor,
  pass: Parameters<EncoderDecoderFamily<TransformerConfig>['cacheMemory']>[4],
): void {
  const recording = { tape, config, parameters };
  pass.crossCaches.forEach((cache, layer) => {
    const keyValue = project(recording, memory, `transformer.decoder.layers.${layer}.multihead_attn.kv`);
    cacheSource(tape, keyValue, pass, cache);
  });
}

/** Token rows, scaled or not, plus position rows, with dropout. */
function embed({ tape, config, parameters }: Recording, side: Side, inputs: TokenInputs): Tensor {
  const { hiddenSize, positionEmbeddingType, dropout } = config;
  const x = embedding(tape, [
    {
      ids: inputs.ids,
      order: inputs.idOrder,
      table: parameters.get(`${tableOf(config, side)}.weight`),
      scale: config.scaleEmbedding ? Math.sqrt(hiddenSize) : 1,
    },
    {
      ids: inputs.positions,
      order: inputs.positionOrder,
      table:
        positionEmbeddingType === 'learned'
          ? parameters.get(`${side}_pos_emb.weight`)
          : parameters.constant(positionTable),
    },
  ]);
  return tape.training && dropout > 0 ? dropoutAdd(tape, x, null, dropout, scalarsInput(tape)) : x;
}

function tableOf({ shareEncoderDecoderEmbeddings }: TransformerConfig, side: Side): string {
  return shareEncoderDecoderEmbeddings ? 'src_tok_emb' : `${side}_tok_emb`;
}

function attendSelf(
  recording: Recording,
  normName: string,
  name: string,
  x: Tensor,
  pass: PassOptions,
  layer: number,
  form: AttentionForm,
): Tensor {
  return residual(recording, normName, x, (normed, added) => {
    const qkv = project(recording, normed, `${name}.qkv`);
    const attended = selfAttention(recording.tape, qkv, pass, layer, form);
    return output(recording, attended, `${name}.out_proj`, added);
  });
}

function feed(recording: Recording, normName: string, layer: string, x: Tensor): Tensor {
  const { tape, config, parameters } = recording;
  const linear1 = projection(parameters, `${layer}.linear1`);
  const { hiddenAct: activation, activationDropout } = config;
  return residual(recording, normName, x, (normed, added) => {
    if (!tape.training || activationDropout === 0) {
      const down = projection(parameters, `${layer}.linear2`);
      return feedForward(tape, normed, { layout, activation, up: linear1, down, residual: added });
    }
    const inner = linear(tape, normed, linear1.weight, { layout, activation, bias: linear1.bias });
    const kept = dropoutAdd(tape, inner, null, activationDropout, scalarsInput(tape));
    return output(recording, kept, `${layer}.linear2`, added);
  });
}

/**
 * norm(x + part(x)), or x + part(norm(x)) of a model that norms first. The part adds the residual it is given to its
 * last product; where dropout stands between them it is given none.
 */
function residual(
  { tape, config, parameters }: Recording,
  normName: string,
  x: Tensor,
  part: (input: Tensor, added: Tensor | null) => Tensor,
): Tensor {
  const { normFirst, layerNormEpsilon } = config;
  const normed = (input: Tensor): Tensor =>
    layerNorm(tape, input, parameters.get(normName), layerNormEpsilon);
  const dropout = tape.training ? config.dropout : 0;
  const y = part(normFirst ? normed(x) : x, dropout > 0 ? null : x);
  const sum = dropout > 0 ? dropoutAdd(tape, y, x, dropout, scalarsInput(tape)) : y;
  return normFirst ? sum : normed(sum);
}

/** x W + b of parameters that are computed with as one. */
function project({ tape, parameters }: Recording, x: Tensor, key: string): Tensor {
  return linear(tape, x, parameters.get(key), { layout, bias: parameters.get(`${key}.bias`) });
}

/** x W + b + added. */
function output({ tape, parameters }: Recording, x: Tensor, name: string, added: Tensor | null): Tensor {
  const { weight, bias } = projection(parameters, name);
  return linear(tape, x, weight, { layout, bias, residual: added });
}

function projection(parameters: ParameterLookup, name: string): { weight: Tensor; bias: Tensor } {
  return { weight: parameters.get(`${name}.weight`), bias: parameters.get(`${name}.bias`) };
}

function finalNorm({ tape, config, parameters }: Recording, stack: 'encoder' | 'decoder', x: Tensor): Tensor {
  if (!config.finalNorm) return x;
  return layerNorm(tape, x, parameters.get(`transformer.${stack}.norm`), config.layerNormEpsilon);
}

function attentionForm({
  hiddenSize,
  numAttentionHeads,
  attentionDropout,
}: TransformerConfig): AttentionForm {
  return {
    numHeads: numAttentionHeads,
    numKeyValueHeads: numAttentionHeads,
    headDim: hiddenSize / numAttentionHeads,
    dropout: attentionDropout,
  };
}

export const transformer: EncoderDecoderFamily<TransformerConfig> = {
  architecture: 'encoder-decoder',
  parameterSpecs,
  encode,
  decode,
  cacheMemory,
  beforeHead: (_tape, _config, parameters, states) => ({
    scored: states,
    bias: parameters.find(outputBias),
  }),
  headKey: (config) => `${config.tieWordEmbeddings ? tableOf(config, 'tgt') : 'generator'}.weight`,
  constants: ({ positionEmbeddingType, maxPositionEmbeddings, hiddenSize }, arena) =>
    positionEmbeddingType === 'learned'
      ? []
      : [
          {
            tensor: addToArena(arena, positionTable, [maxPositionEmbeddings, hiddenSize]),
            values: () =>
              sinusoidalTable(
                maxPositionEmbeddings,
                hiddenSize,
                positionEmbeddingType === 'sinusoidal' ? 'interleaved' : 'halves',
              ),
          },
        ],
  cacheHeads: ({ hiddenSize, numAttentionHeads }) => ({
    numKeyValueHeads: numAttentionHeads,
    headDim: hiddenSize / numAttentionHeads,
  }),
};
