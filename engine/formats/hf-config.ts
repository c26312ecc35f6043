// Model settings to and from Hugging Face's config.json and generation_config.json. What this engine does
// not compute is refused by name, never read as something near it. Touches no weights.

import { z } from 'zod';
import {
  checkModelConfig,
  modelFields,
  type GenerationConfig,
  type ModelConfig,
  type ModelType,
} from '../config.ts';
import { fieldsSchema, type Fields } from '../fields.ts';
import { floatText, refuseHf, type HfFamily, type WeightElementType } from './hf-family.ts';
import { hfFamilies, hfFamilyOf, type HfForm } from './hf-families.ts';
import { asJsonObject, parseStrictJson, type JsonObject, type JsonValue } from './strict-json.ts';

/** The ids of the tokens that begin and end a text and fill it up; null where the tokenizer has none. */
export interface HfTokenIds {
  bosTokenId: number | null;
  eosTokenId: number | readonly number[] | null;
  padTokenId: number | null;
  /** What a target begins behind, of models that read one text and write another. */
  decoderStartTokenId?: number | null;
}

/** What a config.json says. */
export interface HfConfig extends HfTokenIds {
  model: ModelConfig;
  /** The form of the files that it describes. */
  form: HfForm;
  /** The names of the classes of a classifier, by their numbers; none of any other model. */
  labels: readonly string[];
}

// The first version that reads every key written here; later ones still do.
const transformersVersion = '4.57.1';
const dtypes: Readonly<Record<WeightElementType, string>> = {
  f32: 'float32',
  f16: 'float16',
  bf16: 'bfloat16',
};
const maxConfigCharacters = 10_000_000;
const limits = { maxDepth: 16, maxValues: 500_000 };
// Other names of activations that are computed here.
const activationAliases: ReadonlyMap<JsonValue, string> = new Map([
  ['gelu_pytorch_tanh', 'gelu_new'],
  ['swish', 'silu'],
]);

/**
 * The text of config.json for weights of an element type, as transformers writes it (keys sorted).
 * Throws `hf-heads-do-not-divide` for a Llama form that transformers would not open.
 */
export function hfConfigJson(
  config: ModelConfig,
  tokenIds: HfTokenIds,
  elementType: WeightElementType = 'f32',
  form: HfForm = config.modelType,
  labels: readonly string[] = [],
): string {
  const family = hfFamilyOf(config, form);
  family.checkConfig(config);
  const members: Record<string, string> = {
    architectures: JSON.stringify([architectureOf(config, family)]),
    model_type: JSON.stringify(form),
    // transformers from 4.56 on reads dtype, all before it torch_dtype.
    dtype: JSON.stringify(dtypes[elementType]),
    torch_dtype: JSON.stringify(dtypes[elementType]),
    use_cache: 'true',
    ...tokenIdMembers(tokenIds),
    ...family.extra(config, labels),
  };
  for (const [key, value] of Object.entries(family.fixed)) members[key] = String(value);
  const fields: Fields = modelFields[config.modelType];
  for (const [name, key] of Object.entries(family.keys)) {
    const value = config[name as keyof ModelConfig] as number | boolean | string;
    members[key] = fields[name]!.type === 'number' ? floatText(value as number) : JSON.stringify(value);
  }
  return jsonText(members);
}

function architectureOf(config: ModelConfig, { architecture, classifier }: HfFamily<ModelConfig>): string {
  const isClassifier = 'numLabels' in config && config.numLabels > 0;
  return isClassifier && classifier !== undefined ? classifier : architecture;
}

/** The text of generation_config.json; with `generation`, how transformers should sample unless told otherwise. */
export function hfGenerationConfigJson(tokenIds: HfTokenIds, generation?: GenerationConfig): string {
  const members = tokenIdMembers(tokenIds);
  if (generation !== undefined) {
    members.max_new_tokens = String(generation.maxNewTokens);
    members.repetition_penalty = floatText(generation.repetitionPenalty);
    members.do_sample = String(generation.temperature > 0);
  }
  if (generation !== undefined && generation.temperature > 0) {
    members.temperature = floatText(generation.temperature);
    members.top_k = String(generation.topK);
    members.top_p = floatText(generation.topP);
  }
  return jsonText(members);
}

function tokenIdMembers(tokenIds: HfTokenIds): Record<string, string> {
  const { bosTokenId, eosTokenId, padTokenId, decoderStartTokenId } = tokenIds;
  return {
    ...(decoderStartTokenId === undefined
      ? {}
      : { decoder_start_token_id: JSON.stringify(decoderStartTokenId) }),
    bos_token_id: JSON.stringify(bosTokenId),
    eos_token_id: JSON.stringify(eosTokenId),
    pad_token_id: JSON.stringify(padTokenId),
    transformers_version: JSON.stringify(transformersVersion),
  };
}

function jsonText(members: Readonly<Record<string, string>>): string {
  const lines = Object.entries(members)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, text]) => `  ${JSON.stringify(key)}: ${text}`);
  return `{\n${lines.join(',\n')}\n}\n`;
}

/**
 * Reads the text of a config.json. Keys left out take the values that transformers gives them.
 * Throws `hf-model-type-unsupported`, `hf-architecture-unsupported`, `hf-setting-unsupported`,
 * `hf-rope-unsupported`, `hf-config-invalid`, `hf-config-too-large` and the `json-…` codes.
 */
export function readHfConfig(text: string): HfConfig {
  if (text.length > maxConfigCharacters) {
    refuseHf(
      'hf-config-too-large',
      `config.json has ${text.length} characters; at most ${maxConfigCharacters} are read.`,
      'This is not a model config: choose the folder of a model.',
    );
  }
  const json = asJsonObject(parseStrictJson(text, limits, 'config.json'));
  if (json === undefined) {
    return refuseHf(
      'hf-config-invalid',
      'config.json does not hold an object.',
      'Choose the folder of a model.',
    );
  }
  const modelType = json.get('model_type');
  const family = typeof modelType === 'string' ? hfFamilies.get(modelType) : undefined;
  if (family === undefined) {
    return refuseHf(
      'hf-model-type-unsupported',
      `config.json has model_type ${quote(modelType)}; supported are ${[...hfFamilies.keys()].join(', ')}.`,
      'Choose a model of a supported form.',
    );
  }
  refuseUnsupported(json, family);
  const form = modelType as HfForm;
  const model = readModel(json, family.modelType ?? (modelType as ModelType), family);
  return {
    model,
    form,
    labels: family.labels?.(json) ?? [],
    bosTokenId: readTokenId(json, 'bos_token_id'),
    eosTokenId: readEosTokenId(json),
    padTokenId: readTokenId(json, 'pad_token_id'),
    ...(json.has('decoder_start_token_id')
      ? { decoderStartTokenId: readTokenId(json, 'decoder_start_token_id') }
      : {}),
  };
}

function refuseUnsupported(json: JsonObject, family: HfFamily<ModelConfig>): void {
  const architectures = json.get('architectures') ?? [];
  const supported = [family.architecture, ...(family.classifier === undefined ? [] : [family.classifier])];
  if (
    !Array.isArray(architectures) ||
    (architectures.length > 0 && !supported.some((name) => architectures.includes(name)))
  ) {
    refuseHf(
      'hf-architecture-unsupported',
      `config.json is for ${quote(architectures)}; supported is ${supported.join(', ')}.`,
      `Choose a model that was saved as ${supported.join(' or ')}.`,
    );
  }
  if ((json.get('quantization_config') ?? null) !== null) {
    refuseHf(
      'hf-setting-unsupported',
      'config.json has a quantization_config; weights in f32, f16 or bf16 are supported.',
      'Choose the unquantised model.',
    );
  }
  for (const [key, supported] of Object.entries(family.fixed)) {
    const value = json.get(key) ?? supported;
    if (value !== supported) {
      refuseHf(
        'hf-setting-unsupported',
        `config.json sets ${key} to ${quote(value)}; only ${supported} is supported.`,
        'Choose a model without this setting.',
      );
    }
  }
  family.checkJson(json);
}

function readModel(json: JsonObject, modelType: ModelType, family: HfFamily<ModelConfig>): ModelConfig {
  for (const key of family.requiredKeys) {
    if ((json.get(key) ?? null) === null) {
      refuseHf('hf-config-invalid', `config.json has no ${key}.`, 'The file is not whole: get it again.');
    }
  }
  const defaults = family.defaults(json);
  const values: Record<string, JsonValue | undefined> = { ...family.nested(json) };
  for (const [name, key] of Object.entries(family.keys)) {
    const value = json.get(key) ?? defaults[key];
    values[name] = name === 'hiddenAct' ? (activationAliases.get(value ?? null) ?? value) : value;
  }
  const parsed = fieldsSchema(modelFields[modelType] as Fields).safeParse(values);
  if (!parsed.success) {
    return refuseHf(
      'hf-config-invalid',
      `config.json asks for a ${modelType} model that is not supported:\n${z.prettifyError(parsed.error)}`,
      'Choose a model whose settings lie in these ranges.',
    );
  }
  const model = { modelType, ...parsed.data } as ModelConfig;
  checkModelConfig(model);
  return model;
}

function readTokenId(json: JsonObject, key: string): number | null {
  const value = json.get(key) ?? null;
  if (value === null || isTokenId(value)) return value;
  return refuseHf(
    'hf-config-invalid',
    `config.json has ${key} ${quote(value)}; a token id or null was expected.`,
    '',
  );
}

function readEosTokenId(json: JsonObject): number | readonly number[] | null {
  const value = json.get('eos_token_id');
  if (Array.isArray(value) && value.every(isTokenId)) return value;
  return readTokenId(json, 'eos_token_id');
}

function isTokenId(value: JsonValue): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function quote(value: JsonValue | undefined): string {
  if (value instanceof Map) return 'an object';
  return value === undefined ? '(none)' : JSON.stringify(value).slice(0, 100);
}
