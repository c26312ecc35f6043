// Flags for every setting of config.ts, made from its tables, and how flags and a file of settings change a
// preset's values. A setting added there has its flag without a line here.

import {
  dataFields,
  defaultsOf,
  fineTuningLength,
  fineTuningValues,
  flagOf,
  inForm,
  modelFields,
  taskNames,
  trainingFields,
  tuningFields,
  type Fields,
  type ModelConfig,
  type RunSettings,
  type Task,
} from '../../engine/index.ts';
import type { Flag, FlagValue } from './flags.ts';
import { nearest } from './nearest.ts';
import { defaultPreset } from './presets.ts';
import { encoderLayers, settingSynonyms } from './setting-synonyms.ts';
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
    synonyms: settingSynonyms[name],
    ...(showsDefault ? { default: field.default } : {}),
  }));
}

const modelTypes = Object.keys(modelFields) as (keyof typeof modelFields)[];
/** Every field of every model form; forms that share a name share its meaning. */
const allModelFields: Fields = Object.assign({}, ...modelTypes.map((type) => modelFields[type]));

/** The fields of every section but the model's. */
const sectionFields = { training: trainingFields, data: dataFields, tuning: tuningFields } as const;
/** Every setting that a flag or a file may give beside the task and the classes. */
const allFields: Fields = Object.assign({}, allModelFields, ...Object.values(sectionFields));

/** The flags of all settings. */
export const settingFlags: readonly Flag[] = [
  { name: 'task', type: 'choice', choices: taskNames, help: `What is learned: ${taskNames.join(', ')}.` },
  { name: 'model-type', type: 'choice', choices: modelTypes, help: `Model form: ${modelTypes.join(', ')}.` },
  ...fieldFlags(allModelFields, false),
  {
    name: kebab(encoderLayers),
    type: 'integer',
    minimum: allModelFields.numHiddenLayers!.minimum,
    maximum: allModelFields.numHiddenLayers!.maximum,
    help: 'Encoder layers. How many blocks read the source; the decoder keeps its number.',
  },
  ...Object.values(sectionFields).flatMap((fields) => fieldFlags(fields, false)),
];

/** Settings by their own names (`hiddenSize`), from flags that were given. */
export function settingsFromFlags(values: ReadonlyMap<string, FlagValue>): Record<string, unknown> {
  const names = ['task', 'modelType', encoderLayers, ...Object.keys(allFields)];
  const given = names.filter((name) => values.has(kebab(name)));
  return Object.fromEntries(given.map((name) => [name, values.get(kebab(name))]));
}

/** Settings by their own names from a settings file: flat, or in the sections of a run's settings.json. */
export function settingsFromFile(json: unknown, file: string): Record<string, unknown> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new UsageError(`${file} does not hold an object of settings.`);
  }
  const flat: Record<string, unknown> = {};
  const sections = new Set(['model', ...Object.keys(sectionFields)]);
  const passedOver = new Set(['schemaVersion', 'preset']);
  for (const [name, value] of Object.entries(json)) {
    if (sections.has(name) && typeof value === 'object') Object.assign(flat, value);
    else if (!passedOver.has(name)) flat[name] = value;
  }
  const known = ['task', 'labels', 'modelType', ...Object.keys(allFields)];
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
  return {
    ...base,
    task: (changes.task as Task | undefined) ?? base.task,
    model,
    training,
    data: { ...base.data, ...pick(dataFields, changes) },
    tuning: { ...base.tuning, ...pick(tuningFields, changes) },
    labels: (changes.labels as string[] | undefined) ?? base.labels,
  };
}

function changeModel(base: ModelConfig, changes: Readonly<Record<string, unknown>>): ModelConfig {
  const modelType = (changes.modelType as ModelConfig['modelType'] | undefined) ?? base.modelType;
  const fields: Fields = modelFields[modelType];
  const isForeign = (name: string): boolean =>
    name === encoderLayers ? !('numDecoderLayers' in fields) : name in allModelFields && !(name in fields);
  const foreign = Object.keys(changes).find(isForeign);
  if (foreign !== undefined) {
    throw new UsageError(
      `A ${modelType} model has no --${kebab(foreign)}.`,
      'Leave it out or change --model-type.',
    );
  }
  return {
    ...inForm(base, modelType),
    ...pick(fields, withStacks(fields, changes)),
    modelType,
  } as ModelConfig;
}

/** The layers of both stacks: one number for both, or one for each. */
function withStacks(
  fields: Fields,
  { [encoderLayers]: encoder, ...changes }: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const { numHiddenLayers } = changes;
  const both =
    numHiddenLayers !== undefined && 'numDecoderLayers' in fields
      ? { numDecoderLayers: numHiddenLayers }
      : {};
  return { ...both, ...changes, ...(encoder === undefined ? {} : { numHiddenLayers: encoder }) };
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
  encoderLayers,
  ...Object.values(modelFields).flatMap((fields) => Object.keys(fields)),
  'tokenizer',
  'tokenizerVocabSize',
  'splitPattern',
]);

/** What of a model's settings a run that begins with it does not take. */
export interface OriginUse {
  /** The training settings where the model has none. */
  readonly preset?: RunSettings;
  /** Whether they are wanted even where it has some. */
  readonly isPresetWanted?: boolean;
  /** Whether the run trains on other data or for another task: columns and classes are found anew. */
  readonly isOtherData?: boolean;
}

/** Settings of a run that begins with a model, before anything is changed. */
export function settingsOfOrigin(
  origin: unknown,
  { preset = defaultPreset.settings, isPresetWanted = false, isOtherData = false }: OriginUse = {},
): RunSettings {
  const told = origin as Pick<RunSettings, 'model' | 'data'> & Partial<RunSettings>;
  const own = isPresetWanted ? undefined : told.training;
  const settings = {
    ...preset,
    ...told,
    training: own ?? unknownTraining(told.model, preset, isPresetWanted),
  };
  if (!isOtherData) return settings;
  return { ...settings, data: { ...settings.data, inputColumn: '', targetColumn: '' }, labels: [] };
}

/** Weights that tell no training settings are good already: few and gentle steps, unless a preset is named. */
function unknownTraining(
  { maxPositionEmbeddings }: ModelConfig,
  { training }: RunSettings,
  isPresetWanted: boolean,
): RunSettings['training'] {
  if (isPresetWanted) return { ...training, maxLength: 0 };
  const maxLength = maxPositionEmbeddings > fineTuningLength ? fineTuningLength : 0;
  return { ...defaultsOf(trainingFields), ...fineTuningValues, maxLength };
}
