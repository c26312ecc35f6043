// The GPT-2 form (Radford et al. 2019; names and layout of transformers' GPT2LMHeadModel):
// learned positions, layer norm before attention and feed-forward, Conv1D weights (in, out), tied head.
// B = batch, T = tokens, C = hidden, M = B*T, NH = heads, HS = head size.

import type { Gpt2Config } from '../config.ts';
import { scalarsInput } from '../graph/scalars.ts';
import type { Tape } from '../graph/tape.ts';
import type { Tensor } from '../graph/tensor.ts';
import { dropoutAdd } from '../ops/dropout/dropout.ts';
import { embedding } from '../ops/embedding/embedding.ts';
import { feedForward, linear } from '../ops/matmul/matmul.ts';
import { layerNorm } from '../ops/norm/norm.ts';
import { bias, matrix, norm, tokenInputs, type PassOptions } from './blocks.ts';
import type { DecoderFamily, ParameterLookup } from './family.ts';
import type { ParameterSpec } from './parameters.ts';
import { selfAttention } from './self-attention.ts';

function parameterSpecs(config: Gpt2Config): ParameterSpec[] {
  const { hiddenSize: C, intermediateSize: I, initializerRange, useBias } = config;
  // Residual projections start smaller, as in GPT-2: 1/sqrt(2 * layers).
  const projectionRange = initializerRange / Math.sqrt(2 * config.numHiddenLayers);
  const biases = (name: string, size: number): ParameterSpec[] => (useBias ? [bias(name, size)] : []);
  const specs: ParameterSpec[] = [
    matrix('transformer.wte.weight', [config.vocabSize, C], initializerRange),
    matrix('transformer.wpe.weight', [config.maxPositionEmbeddings, C], initializerRange),
  ];
  for (let layer = 0; layer < config.numHiddenLayers; layer++) {
    const h = `transformer.h.${layer}`;
    specs.push(
      norm(`${h}.ln_1`, C, useBias),
      matrix(`${h}.attn.c_attn.weight`, [C, 3 * C], initializerRange),
      ...biases(`${h}.attn.c_attn.bias`, 3 * C),
      matrix(`${h}.attn.c_proj.weight`, [C, C], projectionRange),
      ...biases(`${h}.attn.c_proj.bias`, C),
      norm(`${h}.ln_2`, C, useBias),
      matrix(`${h}.mlp.c_fc.weight`, [C, I], initializerRange),
      ...biases(`${h}.mlp.c_fc.bias`, I),
      matrix(`${h}.mlp.c_proj.weight`, [I, C], projectionRange),
      ...biases(`${h}.mlp.c_proj.bias`, C),
    );
  }
  specs.push(norm('transformer.ln_f', C, useBias));
  if (!config.tieWordEmbeddings)
    specs.push(matrix('lm_head.weight', [config.vocabSize, C], initializerRange));
  return specs;
}

function hidden(tape: Tape, config: Gpt2Config, parameters: ParameterLookup, pass: PassOptions): Tensor {
  const inputs = tokenInputs(tape, pass);
  let x = embedding(tape, [
    { ids: inputs.ids, order: inputs.idOrder, table: parameters.get('transformer.wte.weight') },
    { ids: inputs.positions, order: inputs.positionOrder, table: parameters.get('transformer.wpe.weight') },
  ]);
  if (tape.training && config.embdPdrop > 0) {
    x = dropoutAdd(tape, x, null, config.embdPdrop, scalarsInput(tape));
  }
  for (let layer = 0; layer < config.numHiddenLayers; layer++)
    x = block(tape, config, parameters, pass, x, layer);
  return layerNorm(tape, x, parameters.get('transformer.ln_f'), config.layerNormEpsilon);
}

/** x + attention(norm(x)), then x + feedForward(norm(x)); x (M, C) f32. */
function block(
  tape: Tape,
  config: Gpt2Config,
  parameters: ParameterLookup,
  pass: PassOptions,
  x: Tensor,
  layer: number,
): Tensor {
  const { hiddenSize: C, numAttentionHeads, layerNormEpsilon } = config;
  const h = `transformer.h.${layer}`;
  const dropout = tape.training ? config.residPdrop : 0;
  const project = { layout: 'in-out' as const, residual: dropout > 0 ? null : x };

  const qkv = linear(
    tape,
    layerNorm(tape, x, parameters.get(`${h}.ln_1`), layerNormEpsilon),
    parameters.get(`${h}.attn.c_attn.weight`),
    { layout: 'in-out', bias: parameters.find(`${h}.attn.c_attn.bias`) },
  );
  const attended = selfAttention(tape, qkv, pass, layer, {
    numHeads: numAttentionHeads,
    numKeyValueHeads: numAttentionHeads,
    headDim: C / numAttentionHeads,
    dropout: config.attnPdrop,
  });
  let y = linear(tape, attended, parameters.get(`${h}.attn.c_proj.weight`), {
    ...project,
    bias: parameters.find(`${h}.attn.c_proj.bias`),
  });
  if (dropout > 0) y = dropoutAdd(tape, y, x, dropout, scalarsInput(tape));

  const normed = layerNorm(tape, y, parameters.get(`${h}.ln_2`), layerNormEpsilon);
  const fed = feedForward(tape, normed, {
    layout: 'in-out',
    activation: config.hiddenAct,
    up: { weight: parameters.get(`${h}.mlp.c_fc.weight`), bias: parameters.find(`${h}.mlp.c_fc.bias`) },
    down: { weight: parameters.get(`${h}.mlp.c_proj.weight`), bias: parameters.find(`${h}.mlp.c_proj.bias`) },
    residual: dropout > 0 ? null : y,
  });
  return dropout > 0 ? dropoutAdd(tape, fed, y, dropout, scalarsInput(tape)) : fed;
}

export const gpt2: DecoderFamily<Gpt2Config> = {
  architecture: 'decoder',
  weightLayout: 'in-out',
  parameterSpecs,
  hidden,
  headKey: (config) => (config.tieWordEmbeddings ? 'transformer.wte.weight' : 'lm_head.weight'),
  constants: () => [],
  cacheHeads: (config) => ({
    numKeyValueHeads: config.numAttentionHeads,
    headDim: config.hiddenSize / config.numAttentionHeads,
  }),
};
