// What each model form says about its Hugging Face files: its keys in config.json, its state dict and its
// model.py. One file a form implements this (hf-gpt2.ts, hf-llama.ts, …); hf-families.ts lists them.

import type { HiddenAct, ModelConfig } from '../config.ts';
import { EngineError } from '../errors.ts';
import type { TensorAlias, TensorReader } from './bytes.ts';
import type { JsonObject, JsonValue } from './strict-json.ts';

/** One tensor of a state dict; `isZeros` says that the model has no such parameter and zeros stand for it. */
export interface StateDictTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly isZeros: boolean;
  /** The model's tensors that lie in it row after row; one of the same name unless given. */
  readonly parts?: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

/** A state dict in the order transformers lists it; aliases are names that share another tensor's storage. */
export interface StateDict {
  readonly tensors: readonly StateDictTensor[];
  readonly aliases: readonly TensorAlias[];
}

/** Element types that weights are written in. */
export type WeightElementType = 'f32' | 'f16' | 'bf16';

/** `Nested` are the settings that have no key of their own in config.json. */
export interface HfFamily<C extends ModelConfig, Nested extends keyof C = never> {
  /** The model form, where `model_type` in config.json is another word. */
  readonly modelType?: C['modelType'];
  /** The class in transformers that opens the weights. */
  readonly architecture: string;
  /** The class for a model with `numLabels` classes, where the form has one. */
  readonly classifier?: string;
  /** The key in config.json of each setting but the nested ones. */
  readonly keys: Readonly<Record<Exclude<keyof C, 'modelType' | Nested>, string>>;
  /** The nested settings; undefined stands for a setting's default. Refuses what is not computed. */
  nested(config: JsonObject): Readonly<Record<Nested, JsonValue | undefined>>;
  /** Keys that a config.json must have. */
  readonly requiredKeys: readonly string[];
  /** Values that transformers assumes for keys that a config.json leaves out, or gives as null. */
  defaults(config: JsonObject): Readonly<Record<string, JsonValue>>;
  /** Keys with the only value this form supports; any other value is refused by name, absence is fine. */
  readonly fixed: Readonly<Record<string, boolean>>;
  /** Nested settings, and further keys that transformers or other readers look for, as JSON text. */
  extra(config: C, labels: readonly string[]): Readonly<Record<string, string>>;
  /** The names of the classes that a model tells apart. */
  labels?(config: JsonObject): readonly string[];
  /** Refuses what else the form cannot express, before its settings are read. */
  checkJson(config: JsonObject): void;
  /** Refuses settings that transformers could not open. */
  checkConfig(config: C): void;
  /** The settings with what only the weights tell, where there is such a thing. */
  completeConfig?(config: C, weights: TensorReader): Promise<C>;
  stateDict(config: C): StateDict;
  /** What every name but the output layer's begins with; files of the bare model leave it out. */
  readonly prefix: string;
  /** Names of buffers that files carry and nothing reads. */
  readonly unread: RegExp;
  /** Another name under which older files hold a tensor. */
  olderName?(name: string): string;
  modelPy(config: C): string;
}

/** Throws an error about a config.json that asks for something this engine does not compute. */
export function refuseHf(code: string, message: string, hint: string): never {
  throw new EngineError(code, message, { hint });
}

/** A number as JSON text with a decimal point, because transformers takes 1 and 1.0 for different types. */
export function floatText(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? value.toFixed(1) : String(value);
}

/** Each activation of a Python expression, for model.py. */
export const pythonActivations: Readonly<Record<HiddenAct, (x: string) => string>> = {
  gelu: (x) => `F.gelu(${x})`,
  gelu_new: (x) => `F.gelu(${x}, approximate="tanh")`,
  relu: (x) => `F.relu(${x})`,
  silu: (x) => `F.silu(${x})`,
};
