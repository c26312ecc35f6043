// A model of any family without values: its parameters, constants and head, and the arenas they live in.

import {
  isDecoder,
  isEncoder,
  isEncoderDecoder,
  type DecoderConfig,
  type EncoderConfig,
  type EncoderDecoderConfig,
  type ModelConfig,
} from '../config.ts';
import type { Arena, Tensor } from '../graph/tensor.ts';
import type { TuningConfig } from '../tuning.ts';
import { familyOf } from './families.ts';
import type { ParameterLookup } from './family.ts';
import { planLora, type LinearModel, type LoraPlan } from './lora.ts';
import { isClassifier } from './parameter-places.ts';
import {
  layoutParameters,
  parameterCount,
  type Constant,
  type ModelParameters,
  type ParameterSpec,
} from './parameters.ts';
import { frozenOutside } from './trained-layers.ts';

/** A model without values: what it is made of and where its tensors will live. */
export interface Model {
  readonly config: ModelConfig;
  readonly parameters: ModelParameters;
  readonly constants: readonly Constant[];
  readonly lookup: ParameterLookup;
  readonly headWeight: Tensor;
}

/** A model of a family that goes on with a text. */
export type DecoderModel = Model & { readonly config: DecoderConfig };
/** A model of a family that reads one text and writes another. */
export type EncoderDecoderModel = Model & { readonly config: EncoderDecoderConfig };
/** A model of a family that reads a text from both sides. */
export type EncoderModel = Model & { readonly config: EncoderConfig };

/** Whether a model goes on with a text. */
export function isDecoderModel(model: Model): model is DecoderModel {
  return isDecoder(model.config);
}

/** Whether a model reads one text and writes another. */
export function isEncoderDecoderModel(model: Model): model is EncoderDecoderModel {
  return isEncoderDecoder(model.config);
}

/** Whether a model reads a text from both sides. */
export function isEncoderModel(model: Model): model is EncoderModel {
  return isEncoder(model.config);
}

/** The number of parameters a configuration has; needs no memory. */
export function countParameters(config: ModelConfig): number {
  return parameterCount(familyOf(config).parameterSpecs(config));
}

/**
 * Describes a model; `training` also lays out gradients, of what `tuning` trains where it is given. Throws
 * `train-layers-invalid` and `lora-target-unknown` for tuning that does not fit the model.
 */
export function createModel<C extends ModelConfig>(
  config: C,
  options: { training: boolean; tuning?: TuningConfig },
): Model & { readonly config: C } {
  const family = familyOf(config);
  const linears = linearModel(config);
  const { lora, isFrozen } = planTuning(linears, options.tuning);
  const specs = lora ? [...linears.specs, ...lora.specs] : linears.specs;
  const parameters = layoutParameters(specs, { training: options.training, isFrozen });
  const adapters = lora?.adapters(parameters.byKey);
  const constants = family.constants(config, parameters.constantsArena);
  const lookup: ParameterLookup = {
    get(key) {
      const parameter = parameters.byKey.get(key);
      if (!parameter) throw new Error(`the model has no parameter "${key}"`);
      const adapter = adapters?.get(key);
      return adapter ? { ...parameter.tensor, adapter } : parameter.tensor;
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

/** A model's own parameters and what LoRA must know of them. */
export function linearModel(config: ModelConfig): LinearModel {
  const family = familyOf(config);
  return {
    specs: family.parameterSpecs(config),
    headKey: family.headKey(config),
    layout: family.weightLayout ?? 'out-in',
  };
}

/** What is added to a model for tuning, and which parameters keep their values. */
function planTuning(
  model: LinearModel,
  tuning: TuningConfig | undefined,
): { lora: LoraPlan | null; isFrozen?: (spec: ParameterSpec) => boolean } {
  if (tuning === undefined || tuning.method === 'full') return { lora: null };
  if (tuning.method === 'layers')
    return { lora: null, isFrozen: frozenOutside(tuning.trainLayers, model.specs) };
  const isFrozen = ({ key, isAdapter }: ParameterSpec): boolean => !isAdapter && !isClassifier(key);
  return { lora: planLora(model, tuning), isFrozen };
}

/** The arenas of a model that a device must hold. */
export function modelArenas({ parameters }: Model): Arena[] {
  const { trainable, frozen, constantsArena, gradients } = parameters;
  return [trainable, frozen, constantsArena, ...(gradients ? [gradients] : [])].filter(
    (arena) => arena.sizeElements > 0,
  );
}
