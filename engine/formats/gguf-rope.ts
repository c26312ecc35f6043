// Rotary positions in GGUF files. What Llama 3 does to them is there a tensor of factors, by which the frequencies
// are divided, instead of the few numbers that they follow from: those are found again, or the file is refused.
// Source: convert_hf_to_gguf.py of llama.cpp (LlamaModel.generate_extra_tensors).

import type { DecoderConfig, RotaryConfig } from '../config.ts';
import { EngineError } from '../errors.ts';
import { llama3Slowing, type Llama3Scaling } from '../rotary-frequencies.ts';
import { numberKey, naturalKey, textKey, textValue, floatValue, naturalValue } from './gguf-keys.ts';
import type { GgufKeys, GgufValue } from './gguf-types.ts';

/** The tensor of the factors, for each pair that rotates together (headDim / 2). */
export const ropeFactorsName = 'rope_freqs.weight';

// llama.cpp has no key for these two; files of Heddle say them all the same.
const lowFreqKey = 'heddle.rope.low_freq_factor';
const highFreqKey = 'heddle.rope.high_freq_factor';

/** What each frequency is divided by. */
function llama3Factors(ropeTheta: number, headDim: number, scaling: Llama3Scaling): Float32Array {
  return Float32Array.from(
    { length: headDim / 2 },
    (_, i) => 1 / llama3Slowing(scaling, ropeTheta ** ((-2 * i) / headDim)),
  );
}

/** The factors to write for a model; null where it needs none. Throws `export-setting-unsupported`. */
export function ropeFactors(model: DecoderConfig): Float32Array | null {
  if (model.modelType === 'gpt2' || model.ropeType !== 'llama3') return null;
  if (model.modelType === 'llama') return llama3Factors(model.ropeTheta, model.headDim, model);
  throw new EngineError(
    'export-setting-unsupported',
    `llama.cpp does not scale the rotary positions of a ${model.modelType} model as Llama 3 does.`,
    { hint: 'Export as huggingface.' },
  );
}

/** The keys that say how positions rotate. */
export function ropeKeys(model: RotaryConfig): [string, GgufValue][] {
  const { modelType: form } = model;
  const keys: [string, GgufValue][] = [
    [`${form}.rope.dimension_count`, naturalValue(model.headDim)],
    [`${form}.rope.freq_base`, floatValue(model.ropeTheta)],
  ];
  if (model.ropeType === 'linear') {
    keys.push([`${form}.rope.scaling.type`, textValue('linear')]);
    keys.push([`${form}.rope.scaling.factor`, floatValue(model.ropeFactor)]);
  }
  if (model.ropeType === 'llama3') {
    const original = naturalValue(model.originalMaxPositionEmbeddings);
    keys.push([`${form}.rope.scaling.original_context_length`, original]);
    keys.push([lowFreqKey, floatValue(model.ropeLowFreqFactor)]);
    keys.push([highFreqKey, floatValue(model.ropeHighFreqFactor)]);
  }
  return keys;
}

/** The rope_scaling of a config.json that says what a file says; throws `gguf-rope-unsupported`. */
export function ropeScalingOf(
  keys: GgufKeys,
  { form, ropeTheta, headDim }: { form: string; ropeTheta: number; headDim: number },
  factors: Float32Array | null,
): Record<string, unknown> | null {
  const type = textKey(keys, `${form}.rope.scaling.type`) ?? 'none';
  if (factors === null) {
    if (type === 'none') return null;
    return { rope_type: type, factor: numberKey(keys, `${form}.rope.scaling.factor`) };
  }
  const scaling: Llama3Scaling = {
    // The slowest pair makes less than a turn: it is slowed by the whole factor.
    ropeFactor: factors.at(-1)!,
    ropeLowFreqFactor: numberKey(keys, lowFreqKey) ?? 1,
    ropeHighFreqFactor: numberKey(keys, highFreqKey) ?? 4,
    originalMaxPositionEmbeddings: naturalKey(keys, `${form}.rope.scaling.original_context_length`) ?? 8192,
  };
  const expected = llama3Factors(ropeTheta, headDim, scaling);
  const isSame = factors.every((factor, i) => Math.abs(factor - expected[i]!) <= 1e-4 * expected[i]!);
  if (factors.length !== expected.length || !isSame || type !== 'none') {
    throw new EngineError(
      'gguf-rope-unsupported',
      `The file scales rotary positions by ${ropeFactorsName} in a way that is not known; Llama 3's is.`,
      { hint: 'Use a model whose rotary positions are scaled as in Llama 3, or linearly, or not at all.' },
    );
  }
  return {
    rope_type: 'llama3',
    factor: scaling.ropeFactor,
    low_freq_factor: scaling.ropeLowFreqFactor,
    high_freq_factor: scaling.ropeHighFreqFactor,
    original_max_position_embeddings: scaling.originalMaxPositionEmbeddings,
  };
}
