// The T5 form (Raffel et al. 2020; names and layouts of transformers' T5ForConditionalGeneration): an encoder and a
// decoder with RMS norm before each part, no biases, and logits that depend on distances by one table a stack.
// C = hidden, I = intermediate, NH = heads, HS = head size, M = B*T target or B*S source rows.

import type { T5Config } from '../config.ts';
import { scalarsInput } from '../graph/scalars.ts';
import type { Tape } from '../graph/tape.ts';
import { addToArena, type Tensor } from '../graph/tensor.ts';
import { dropoutAdd } from '../ops/dropout/dropout.ts';
import { embedding } from '../ops/embedding/embedding.ts';
import { gatedActivation } from '../ops/gated-activation/gated-activation.ts';
import { feedForward, linear } from '../ops/matmul/matmul.ts';
import { rmsNorm } from '../ops/norm/norm.ts';
import { relativeBuckets, type RelativeBucketsOptions } from '../ops/relative-buckets/relative-buckets.ts';
import { scale } from '../ops/scale/scale.ts';
import { sourceInputs, sourceRangeInput, tokenInputs, type PassOptions, type TokenInputs } from './blocks.ts';
import { cacheSource, crossAttention } from './cross-attention.ts';
import type { EncoderDecoderFamily, ParameterLookup, SourceShape, TargetPass } from './family.ts';
import { bucketReach, bucketTable } from './relative-buckets.ts';
import { selfAttention, type AttentionForm } from './self-attention.ts';
import { t5ParameterSpecs } from './t5-parameters.ts';

const layout = 'out-in' as const;
const stacks = ['encoder', 'decoder'] as const;
type Stack = (typeof stacks)[number];

/** What the functions of one recorded pass share. */
interface Recording {
  readonly tape: Tape;
  readonly config: T5Config;
  readonly parameters: ParameterLookup;
}

function encode(tape: Tape, config: T5Config, parameters: ParameterLookup, pass: SourceShape): Tensor {
  const recording = { tape, config, parameters };
  const { batch, sourceLength: length } = pass;
  const form = {
    ...attentionForm(config),
    isCausal: false,
    validRange: sourceRangeInput(tape, batch),
    bias: positionBias(recording, 'encoder', { queryLength: length, keyLength: length, positions: null }),
  };
  let x = embed(recording, sourceInputs(tape, pass));
  for (let layer = 0; layer < config.numHiddenLayers; layer++) {
    const l = `encoder.block.${layer}.layer`;
    x = attendSelf(recording, `${l}.0`, x, { batch, length }, layer, form);
    x = feed(recording, `${l}.1`, x);
  }
  return finish(recording, 'encoder', x);
}

function decode(
  tape: Tape,
  config: T5Config,
  parameters: ParameterLookup,
  memory: Tensor | null,
  pass: TargetPass,
): Tensor {
  const recording = { tape, config, parameters };
  const inputs = tokenInputs(tape, pass);
  const cache = pass.readsCache ? pass.caches?.[0] : undefined;
  const form = attentionForm(config);
  const bias = positionBias(recording, 'decoder', {
    queryLength: pass.length,
    keyLength: cache?.maxLength ?? pass.length,
    // Rows that are written together are at the same place.
    positions: cache ? inputs.positions : null,
  });
  let x = embed(recording, inputs);
  for (let layer = 0; layer < config.numDecoderLayers; layer++) {
    const l = `decoder.block.${layer}.layer`;
    x = attendSelf(recording, `${l}.0`, x, pass, layer, { ...form, bias });
    const keyValue = memory && sourceKeyValue(recording, memory, layer);
    x = residual(recording, `${l}.1`, x, (normed, added) => {
      const query = project(recording, normed, `${l}.1.EncDecAttention.q.weight`);
      const attended = crossAttention(tape, query, keyValue, pass, layer, form);
      return project(recording, attended, `${l}.1.EncDecAttention.o.weight`, added);
    });
    x = feed(recording, `${l}.2`, x);
  }
  return finish(recording, 'decoder', x);
}

function cacheMemory(
  tape: Tape,
  config: T5Config,
  parameters: ParameterLookup,
  memory: Tensor,
  pass: Parameters<EncoderDecoderFamily<T5Config>['cacheMemory']>[4],
): void {
  const recording = { tape, config, parameters };
  pass.crossCaches.forEach((cache, layer) => {
    cacheSource(tape, sourceKeyValue(recording, memory, layer), pass, cache);
  });
}

function sourceKeyValue(recording: Recording, memory: Tensor, layer: number): Tensor {
  return project(recording, memory, `decoder.block.${layer}.layer.1.EncDecAttention.kv`);
}

function embed(recording: Recording, { ids, idOrder }: TokenInputs): Tensor {
  const { tape, parameters } = recording;
  return drop(recording, embedding(tape, [{ ids, order: idOrder, table: parameters.get('shared.weight') }]));
}

/** What a stack's table adds to the logits, for all its layers. */
function positionBias(
  { tape, parameters }: Recording,
  stack: Stack,
  options: Omit<RelativeBucketsOptions, 'table'>,
): NonNullable<AttentionForm['bias']> {
  return {
    table: parameters.get(`${stack}.block.0.layer.0.SelfAttention.relative_attention_bias.weight`),
    buckets: relativeBuckets(tape, { table: parameters.constant(bucketsName(stack)), ...options }),
  };
}

function attendSelf(
  recording: Recording,
  name: string,
  x: Tensor,
  pass: PassOptions,
  layer: number,
  form: AttentionForm,
): Tensor {
  return residual(recording, name, x, (normed, added) => {
    const qkv = project(recording, normed, `${name}.SelfAttention.qkv`);
    const attended = selfAttention(recording.tape, qkv, pass, layer, form);
    return project(recording, attended, `${name}.SelfAttention.o.weight`, added);
  });
}

function feed(recording: Recording, name: string, x: Tensor): Tensor {
  const { tape, config, parameters } = recording;
  const { hiddenAct: activation, isGatedAct, dropoutRate } = config;
  const dense = `${name}.DenseReluDense`;
  const down = parameters.get(`${dense}.wo.weight`);
  return residual(recording, name, x, (normed, added) => {
    if (!isGatedAct && !(tape.training && dropoutRate > 0)) {
      const up = { weight: parameters.get(`${dense}.wi.weight`) };
      return feedForward(tape, normed, { layout, activation, up, down: { weight: down }, residual: added });
    }
    const inner = isGatedAct
      ? gatedActivation(tape, project(recording, normed, `${dense}.wi`), activation)
      : linear(tape, normed, parameters.get(`${dense}.wi.weight`), { layout, activation });
    return linear(tape, drop(recording, inner), down, { layout, residual: added });
  });
}

/**
 * x + part(norm(x)). The part adds the residual it is given to its last product; where dropout stands between them
 * it is given none.
 */
function residual(
  { tape, config, parameters }: Recording,
  name: string,
  x: Tensor,
  part: (input: Tensor, added: Tensor | null) => Tensor,
): Tensor {
  const dropout = tape.training ? config.dropoutRate : 0;
  const normed = rmsNorm(tape, x, parameters.get(`${name}.layer_norm`), config.layerNormEpsilon);
  const y = part(normed, dropout > 0 ? null : x);
  return dropout > 0 ? dropoutAdd(tape, y, x, dropout, scalarsInput(tape)) : y;
}

function finish(recording: Recording, stack: Stack, x: Tensor): Tensor {
  const { tape, config, parameters } = recording;
  const weight = parameters.get(`${stack}.final_layer_norm`);
  return drop(recording, rmsNorm(tape, x, weight, config.layerNormEpsilon));
}

function project(
  { tape, parameters }: Recording,
  x: Tensor,
  key: string,
  added: Tensor | null = null,
): Tensor {
  return linear(tape, x, parameters.get(key), { layout, residual: added });
}

function drop({ tape, config: { dropoutRate } }: Recording, x: Tensor): Tensor {
  if (!tape.training || dropoutRate === 0) return x;
  return dropoutAdd(tape, x, null, dropoutRate, scalarsInput(tape));
}

function attentionForm({ numAttentionHeads, headDim, dropoutRate }: T5Config): AttentionForm {
  return {
    numHeads: numAttentionHeads,
    numKeyValueHeads: numAttentionHeads,
    headDim,
    dropout: dropoutRate,
    // T5 leaves the scale of logits to its weights.
    scale: 1,
  };
}

function bucketsName(stack: Stack): string {
  return `${stack} buckets`;
}

export const t5: EncoderDecoderFamily<T5Config> = {
  architecture: 'encoder-decoder',
  parameterSpecs: t5ParameterSpecs,
  encode,
  decode,
  cacheMemory,
  headKey: (config) => (config.tieWordEmbeddings ? 'shared.weight' : 'lm_head.weight'),
  // The table that serves as the head too has rows of any size: the states are made smaller instead.
  beforeHead: (tape, { tieWordEmbeddings, hiddenSize }, _, states) => ({
    scored: tieWordEmbeddings ? scale(tape, states, 1 / Math.sqrt(hiddenSize)) : states,
    bias: null,
  }),
  constants: (config, arena) =>
    stacks.map((stack) => ({
      tensor: addToArena(arena, bucketsName(stack), [2 * bucketReach(config) + 1]),
      values: () => bucketTable(config, stack === 'decoder'),
    })),
  cacheHeads: ({ numAttentionHeads, headDim }) => ({ numKeyValueHeads: numAttentionHeads, headDim }),
};
