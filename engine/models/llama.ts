// The Llama form (Touvron et al. 2023; names and layout of transformers' LlamaForCausalLM): rotary
// positions, RMS norm, grouped-query attention, gated feed-forward, Linear weights (out, in), no biases.
// Qwen2 is the same with biases of queries, keys and values; Qwen3 with an RMS norm of each of their heads.
// C = hidden, I = intermediate, NH = heads, NKV = key and value heads, HS = head size, M = B*T.

import type { RotaryConfig } from '../config.ts';
import type { Tape } from '../graph/tape.ts';
import { addToArena, type Tensor } from '../graph/tensor.ts';
import { embedding } from '../ops/embedding/embedding.ts';
import { gatedActivation } from '../ops/gated-activation/gated-activation.ts';
import { linear } from '../ops/matmul/matmul.ts';
import { headNorm } from '../ops/norm/head-norm.ts';
import { rmsNorm } from '../ops/norm/norm.ts';
import { rotary, rotaryTable } from '../ops/rotary/rotary.ts';
import { biases, fused, matrix, norm, tokenInputs, type PassOptions } from './blocks.ts';
import type { DecoderFamily, ParameterLookup } from './family.ts';
import type { ParameterSpec } from './parameters.ts';
import { inverseFrequencies } from '../rotary-frequencies.ts';
import { selfAttention } from './self-attention.ts';

const tableName = 'rotary table';

function parameterSpecs(config: RotaryConfig): ParameterSpec[] {
  const { hiddenSize: C, intermediateSize: I, initializerRange } = config;
  const queries = config.numAttentionHeads * config.headDim;
  const keys = config.numKeyValueHeads * config.headDim;
  const normal = { kind: 'normal', standardDeviation: initializerRange } as const;
  const specs: ParameterSpec[] = [
    matrix('model.embed_tokens.weight', [config.vocabSize, C], initializerRange),
  ];
  for (let layer = 0; layer < config.numHiddenLayers; layer++) {
    const l = `model.layers.${layer}`;
    specs.push(
      norm(`${l}.input_layernorm`, C, false),
      fused(
        `${l}.self_attn.qkv`,
        [queries + 2 * keys, C],
        [
          { name: `${l}.self_attn.q_proj.weight`, shape: [queries, C] },
          { name: `${l}.self_attn.k_proj.weight`, shape: [keys, C] },
          { name: `${l}.self_attn.v_proj.weight`, shape: [keys, C] },
        ],
        normal,
      ),
      ...attentionExtras(config, `${l}.self_attn`),
      matrix(`${l}.self_attn.o_proj.weight`, [C, queries], initializerRange),
      norm(`${l}.post_attention_layernorm`, C, false),
      fused(
        `${l}.mlp.gate_up`,
        [2 * I, C],
        [
          { name: `${l}.mlp.gate_proj.weight`, shape: [I, C] },
          { name: `${l}.mlp.up_proj.weight`, shape: [I, C] },
        ],
        normal,
      ),
      matrix(`${l}.mlp.down_proj.weight`, [C, I], initializerRange),
    );
  }
  specs.push(norm('model.norm', C, false));
  if (!config.tieWordEmbeddings)
    specs.push(matrix('lm_head.weight', [config.vocabSize, C], initializerRange));
  return specs;
}

/** What the families of this form add to attention, none of it decaying. */
function attentionExtras(config: RotaryConfig, attention: string): ParameterSpec[] {
  const { numAttentionHeads, numKeyValueHeads, headDim } = config;
  const keys = numKeyValueHeads * headDim;
  switch (config.modelType) {
    case 'llama':
      return [];
    case 'qwen2':
      return [
        biases(`${attention}.qkv.bias`, [
          { name: `${attention}.q_proj.bias`, size: numAttentionHeads * headDim },
          { name: `${attention}.k_proj.bias`, size: keys },
          { name: `${attention}.v_proj.bias`, size: keys },
        ]),
      ];
    case 'qwen3':
      return [norm(`${attention}.q_norm`, headDim, false), norm(`${attention}.k_norm`, headDim, false)];
    default:
      return config satisfies never;
  }
}

function hidden(tape: Tape, config: RotaryConfig, parameters: ParameterLookup, pass: PassOptions): Tensor {
  const inputs = tokenInputs(tape, pass);
  let x = embedding(tape, [
    { ids: inputs.ids, order: inputs.idOrder, table: parameters.get('model.embed_tokens.weight') },
  ]);
  for (let layer = 0; layer < config.numHiddenLayers; layer++)
    x = block(tape, config, parameters, pass, x, layer);
  return rmsNorm(tape, x, parameters.get('model.norm'), config.rmsNormEps);
}

/** x + attention(norm(x)), then x + down(act(gate) * up); x (M, C) f32. */
function block(
  tape: Tape,
  config: RotaryConfig,
  parameters: ParameterLookup,
  pass: PassOptions,
  x: Tensor,
  layer: number,
): Tensor {
  const { numAttentionHeads, numKeyValueHeads, headDim, rmsNormEps } = config;
  const l = `model.layers.${layer}`;
  const layout = 'out-in' as const;

  const normed = rmsNorm(tape, x, parameters.get(`${l}.input_layernorm`), rmsNormEps);
  const qkv = linear(tape, normed, parameters.get(`${l}.self_attn.qkv`), {
    layout,
    bias: parameters.find(`${l}.self_attn.qkv.bias`),
  });
  if (config.modelType === 'qwen3') {
    const [q, k] = ['q_norm', 'k_norm'].map((name) => parameters.get(`${l}.self_attn.${name}`));
    headNorm(tape, qkv, q!, rmsNormEps, { groups: numAttentionHeads, offset: 0 });
    headNorm(tape, qkv, k!, rmsNormEps, { groups: numKeyValueHeads, offset: numAttentionHeads * headDim });
  }
  rotary(tape, qkv, {
    positions: tokenInputs(tape, pass).positions,
    table: parameters.constant(tableName),
    offset: 0,
    numHeads: numAttentionHeads + numKeyValueHeads,
    headDim,
  });
  const attended = selfAttention(tape, qkv, pass, layer, {
    numHeads: numAttentionHeads,
    numKeyValueHeads,
    headDim,
    dropout: config.attentionDropout,
  });
  const y = linear(tape, attended, parameters.get(`${l}.self_attn.o_proj.weight`), { layout, residual: x });

  const gateUp = linear(
    tape,
    rmsNorm(tape, y, parameters.get(`${l}.post_attention_layernorm`), rmsNormEps),
    parameters.get(`${l}.mlp.gate_up`),
    { layout },
  );
  const gated = gatedActivation(tape, gateUp, config.hiddenAct);
  return linear(tape, gated, parameters.get(`${l}.mlp.down_proj.weight`), { layout, residual: y });
}

export const llama: DecoderFamily<RotaryConfig> = {
  architecture: 'decoder',
  parameterSpecs,
  hidden,
  headKey: (config) => (config.tieWordEmbeddings ? 'model.embed_tokens.weight' : 'lm_head.weight'),
  constants: (config, arena) => [
    {
      tensor: addToArena(arena, tableName, [config.maxPositionEmbeddings, config.headDim]),
      values: () => rotaryTable(inverseFrequencies(config), config.maxPositionEmbeddings),
    },
  ],
  cacheHeads: ({ numKeyValueHeads, headDim }) => ({ numKeyValueHeads, headDim }),
};
