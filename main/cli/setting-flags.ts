// Flags for every setting of config.ts, made from its tables, and how flags and a file of settings change a
// preset's values. A setting added there has its flag without a line here.

import {
  dataFields,
  defaultsOf,
  flagOf,
  modelFields,
  presets,
  trainingFields,
  type Fields,
  type ModelConfig,
  type RunSettings,
} from '../../engine/index.ts';
import type { Flag, FlagValue } from './flags.ts';
import { nearest } from './nearest.ts';
import { UsageError } from './usage-error.ts';

/** `perDeviceTrainBatchSize` is `per-device-train-batch-size`. */
export function kebab(name: string): string {
  return flagOf(name).slice(2);
}

/** Words that read better than the number that stands for them. */
const numberWords: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  saveTotalLimit: { all: 0 },
};

/** A flag for each field of a table; without the preset that is meant there is no default to show. */
export function fieldFlags(fields: Fields, showsDefault: boolean): Flag[] {
  return Object.entries(fields).map(([name, field]) => ({
    name: kebab(name),
    type: field.type,
    help: `${field.label}. ${field.help}`,
    choices: field.choices,
    minimum: field.minimum,
    maximum: field.maximum,
    words: numberWords[name],
    ...(showsDefault ? { default: field.default } : {}),
  }));
}

const modelTypes = Object.keys(modelFields) as (keyof typeof modelFields)[];
/** Every field of every model form; forms that share a name share its meaning. */
const allModelFields: Fields = Object.assign({}, ...modelTypes.map((type) => modelFields[type]));

/** The flags of all settings. */
export const settingFlags: readonly Flag[] = [
  { name: 'model-type', type: 'choice', choices: modelTypes, help: `Model form: ${modelTypes.join(', ')}.` },
  ...fieldFlags(allModelFields, false),
  ...fieldFlags(trainingFields, false),
  ...fieldFlags(dataFields, false),
];

/** Settings by their own names (`hiddenSize`), from flags that were given. */
export function settingsFromFlags(values: ReadonlyMap<string, FlagValue>): Record<string, unknown> {
  const names = ['modelType', ...Object.keys({ ...allModelFields, ...trainingFields, ...dataFields })];
  const given = names.filter((name) => values.has(kebab(name)));
  return Object.fromEntries(given.map((name) => [name, values.get(kebab(name))]));
}

/** Settings by their own names from a settings file: flat, or in the sections of a run's settings.json. */
export function settingsFromFile(json: unknown, file: string): Record<string, unknown> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new UsageError(`${file} does not hold an object of settings.`);
  }
  const flat: Record<string, unknown> = {};
  const sections = new Set(['model', 'training', 'data']);
  const passedOver = new Set(['schemaVersion', 'task', 'preset']);
  for (const [name, value] of Object.entries(json)) {
    if (sections.has(name) && typeof value === 'object') Object.assign(flat, value);
    else if (!passedOver.has(name)) flat[name] = value;
  }
  const known = ['modelType', ...Object.keys({ ...allModelFields, ...trainingFields, ...dataFields })];
  for (const name of Object.keys(flat)) {
    if (known.includes(name)) continue;
    const near = nearest(name, known);
    throw new UsageError(`${file} has an unknown setting "${name}".`, near ? `Did you mean ${near}?` : '');
  }
  return flat;
}

/** A preset's settings with some of them changed; ranges are checked by whoever uses them. */
export function changeSettings(base: RunSettings, changes: Readonly<Record<string, unknown>>): RunSettings {
  const model = changeModel(base.model, changes);
  const training = { ...base.training, ...pick(trainingFields, changes) };
  // One of the two lengths takes the place of the other.
  if ('maxSteps' in changes && !('numTrainEpochs' in changes)) training.numTrainEpochs = 0;
  if ('numTrainEpochs' in changes && !('maxSteps' in changes)) training.maxSteps = 0;
  return { ...base, model, training, data: { ...base.data, ...pick(dataFields, changes) } };
}

function changeModel(base: ModelConfig, changes: Readonly<Record<string, unknown>>): ModelConfig {
  const modelType = (changes.modelType as ModelConfig['modelType'] | undefined) ?? base.modelType;
  const fields: Fields = modelFields[modelType];
  const foreign = Object.keys(changes).find((name) => name in allModelFields && !(name in fields));
  if (foreign !== undefined) {
    throw new UsageError(
      `A ${modelType} model has no --${kebab(foreign)}.`,
      'Leave it out or change --model-type.',
    );
  }
  const from = modelType === base.modelType ? base : convertModel(base, modelType);
  return { ...from, ...pick(fields, changes), modelType } as ModelConfig;
}

/** Sizes carry over to another model form; what a form prefers, such as its activation, does not. */
function convertModel(base: ModelConfig, modelType: ModelConfig['modelType']): Record<string, unknown> {
  const fields: Fields = modelFields[modelType];
  const shared = Object.entries(base).filter(([name]) => name in fields && name !== 'hiddenAct');
  const { hiddenSize, numAttentionHeads } = base;
  const heads =
    'headDim' in fields && !('headDim' in base)
      ? { numKeyValueHeads: numAttentionHeads, headDim: Math.ceil(hiddenSize / numAttentionHeads / 2) * 2 }
      : {};
  return { ...defaultsOf(fields), ...Object.fromEntries(shared), ...heads };
}

function pick(fields: Fields, changes: Readonly<Record<string, unknown>>): Record<string, never> {
  return Object.fromEntries(Object.entries(changes).filter(([name]) => name in fields)) as Record<
    string,
    never
  >;
}

/** What comes with a model and cannot be changed while its weights are kept. */
export const fixedNames: ReadonlySet<string> = new Set([
  'modelType',
  ...Object.values(modelFields).flatMap((fields) => Object.keys(fields)),
  'tokenizer',
  'tokenizerVocabSize',
  'splitPattern',
]);

/** Settings of a run that begins with a model, before anything is changed. */
export function settingsOfOrigin(
  origin: unknown,
  preset = presets[0]!.settings,
  isPresetWanted = false,
): RunSettings {
  const told = origin as Pick<RunSettings, 'model' | 'data'> & Partial<RunSettings>;
  const own = isPresetWanted ? undefined : told.training;
  return { ...preset, ...told, training: own ?? { ...preset.training, maxLength: 0 } };
}
