// A decoder-only language model of any family: its parameters, and the passes recorded from them.
// Training, evaluation and generation all record through here; there is no second inference model.

import type { Gpt2Config, ModelConfig, RotaryConfig } from '../config.ts';
import { scalarsInput } from '../graph/scalars.ts';
import { Tape, type TapeOptions } from '../graph/tape.ts';
import { addToArena, createArena, type Arena, type Tensor } from '../graph/tensor.ts';
import { languageModelLoss, logits } from '../ops/cross-entropy/cross-entropy.ts';
import { gatherRows } from '../ops/embedding/embedding.ts';
import { validRangeInput, type LayerCache, type PassShape } from './blocks.ts';
import type { DecoderFamily, ParameterLookup } from './family.ts';
import { gpt2 } from './gpt2.ts';
import { llama } from './llama.ts';
import { layoutParameters, parameterCount, type Constant, type ModelParameters } from './parameters.ts';

/** A model without values: what it is made of and where its tensors will live. */
export interface Model {
  readonly config: ModelConfig;
  readonly parameters: ModelParameters;
  readonly constants: readonly Constant[];
  readonly lookup: ParameterLookup;
  readonly headWeight: Tensor;
}

function familyOf(config: ModelConfig): DecoderFamily<ModelConfig> {
  switch (config.modelType) {
    case 'gpt2':
      return gpt2 as DecoderFamily<Gpt2Config> as unknown as DecoderFamily<ModelConfig>;
    case 'llama':
    case 'qwen2':
    case 'qwen3':
      return llama as DecoderFamily<RotaryConfig> as unknown as DecoderFamily<ModelConfig>;
    default:
      return config satisfies never;
  }
}

/** The number of parameters a configuration has; needs no memory. */
export function countParameters(config: ModelConfig): number {
  return parameterCount(familyOf(config).parameterSpecs(config));
}

/** Describes a model; `training` also lays out gradients. */
export function createModel(config: ModelConfig, options: { training: boolean }): Model {
  const family = familyOf(config);
  const parameters = layoutParameters(family.parameterSpecs(config), options);
  const constants = family.constants(config, parameters.constantsArena);
  const lookup: ParameterLookup = {
    get(key) {
      const parameter = parameters.byKey.get(key);
      if (!parameter) throw new Error(`the model has no parameter "${key}"`);
      return parameter.tensor;
    },
    find: (key) => parameters.byKey.get(key)?.tensor ?? null,
    constant(name) {
      const constant = constants.find(({ tensor }) => tensor.name === name);
      if (!constant) throw new Error(`the model has no constant "${name}"`);
      return constant.tensor;
    },
  };
  return { config, parameters, constants, lookup, headWeight: lookup.get(family.headKey(config)) };
}

/** The arenas of a model that a device must hold. */
export function modelArenas({ parameters }: Model): Arena[] {
  const { trainable, frozen, constantsArena, gradients } = parameters;
  return [trainable, frozen, constantsArena, ...(gradients ? [gradients] : [])].filter(
    (arena) => arena.sizeElements > 0,
  );
}

/**
 * Records a pass that ends in the loss, with its backward commands when the tape is for training.
 * Inputs: token inputs, `targets` (B*T) u32, `scalars`; output: `metrics`, and `tokenLoss` and `tokenRank` (B*T)
 * on request.
 */
export function recordLoss(
  model: Model,
  shape: PassShape,
  options: TapeOptions & { labelSmoothing?: number; withTokenLoss?: boolean; withTokenRank?: boolean },
): Tape {
  const tape = new Tape(options);
  for (const { tensor, gradient } of model.parameters.byKey.values()) {
    if (gradient && options.training) tape.trackParameter(tensor, gradient);
  }
  const rows = shape.batch * shape.length;
  const states = familyOf(model.config).hidden(tape, model.config, model.lookup, shape);
  languageModelLoss(tape, states, model.headWeight, {
    targets: tape.input('targets', [rows], 'u32'),
    labelSmoothing: options.training ? (options.labelSmoothing ?? 0) : 0,
    scalars: scalarsInput(tape),
    tokenLoss: options.withTokenLoss ? tape.output('tokenLoss', [rows]) : null,
    tokenRank: options.withTokenRank ? tape.output('tokenRank', [rows], 'u32') : null,
  });
  tape.backward();
  return tape;
}

/** The key-value caches of all layers in one arena, for `batch` rows of up to `maxLength` tokens. */
export function createCaches(
  config: ModelConfig,
  batch: number,
  maxLength: number,
): { arena: Arena; caches: LayerCache[] } {
  const arena = createArena('key-value cache');
  const { numKeyValueHeads, headDim } = familyOf(config).cacheHeads(config);
  const caches = Array.from({ length: config.numHiddenLayers }, (_, layer) => ({
    tensor: addToArena(arena, `cache.${layer}`, [batch, maxLength, 2 * numKeyValueHeads * headDim]),
    maxLength,
  }));
  return { arena, caches };
}

/**
 * Records the pass over a prompt, padded on the right to `length`: fills the caches and gives the logits
 * of one row of each sequence. Inputs: token inputs, `lastRows` (B) u32; output: `logits` (B, V).
 */
export function recordPrefill(
  model: Model,
  shape: PassShape,
  caches: readonly LayerCache[],
  options: TapeOptions,
): Tape {
  const tape = new Tape(options);
  const states = familyOf(model.config).hidden(tape, model.config, model.lookup, { ...shape, caches });
  const last = gatherRows(tape, states, tape.input('lastRows', [shape.batch], 'u32'));
  logits(tape, last, model.headWeight);
  return tape;
}

/**
 * Records the pass of one new token a row against the caches.
 * Inputs: token inputs (B), `validRange` (B, 2) that includes the new token; output: `logits` (B, V).
 */
export function recordDecode(
  model: Model,
  batch: number,
  caches: readonly LayerCache[],
  options: TapeOptions,
): Tape {
  const tape = new Tape(options);
  validRangeInput(tape, batch);
  const pass = { batch, length: 1, caches, readsCache: true };
  const states = familyOf(model.config).hidden(tape, model.config, model.lookup, pass);
  logits(tape, states, model.headWeight);
  return tape;
}

/** Records a pass that ends in the logits of every position. Inputs: token inputs; output: `logits` (B*T, V). */
export function recordLogits(model: Model, shape: PassShape, options: TapeOptions): Tape {
  const tape = new Tape(options);
  const states = familyOf(model.config).hidden(tape, model.config, model.lookup, shape);
  logits(tape, states, model.headWeight);
  return tape;
}
