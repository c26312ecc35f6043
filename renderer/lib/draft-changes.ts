// How a change to one setting is made and what follows from it, what differs from a reference, and the settings
// as the studio will train with them. Pure; nothing of Vue.

import {
  inForm,
  usualHeadSize,
  type Field,
  type Fields,
  type ModelConfig,
  type ModelType,
  type RunSettings,
} from '../../engine/config.ts';
import type { RunStart, TokenizerRecord } from '../../preload/contract.ts';
import { allFields, fittingFields, type Section } from './fitting-fields.ts';
import { isDifferent } from './setting-words.ts';

export type SettingValue = number | boolean | string;

/** The field of a path such as `model.hiddenSize`, or undefined. */
export function fieldAt(settings: RunSettings, path: string): Field | undefined {
  const [section = '', name = ''] = path.split('.');
  return (allFields(settings) as Record<string, Fields | undefined>)[section]?.[name];
}

/** The value at a path. */
export function valueAt(settings: RunSettings, path: string): SettingValue {
  const [section, name] = path.split('.') as [Section, string];
  return (settings[section] as unknown as Record<string, SettingValue>)[name]!;
}

/** Values by path put in, without anything that follows from them. */
export function withValues(
  settings: RunSettings,
  values: Readonly<Record<string, SettingValue>>,
): RunSettings {
  const changed = {
    ...settings,
    model: { ...settings.model },
    training: { ...settings.training },
    data: { ...settings.data },
    tuning: { ...settings.tuning },
  };
  for (const [path, value] of Object.entries(values)) {
    const [section, name] = path.split('.') as [Section, string];
    (changed[section] as unknown as Record<string, SettingValue>)[name] = value;
  }
  return changed;
}

/**
 * One setting changed, with what is bound to it: a length in steps or in epochs, never both, and sizes that
 * stood in their usual proportion to the width and the heads stay in it.
 */
export function withValue(settings: RunSettings, path: string, value: SettingValue): RunSettings {
  const changed = withValues(settings, { [path]: value });
  if (path === 'training.maxSteps' && value !== 0) changed.training.numTrainEpochs = 0;
  if (path === 'training.numTrainEpochs' && value !== 0) changed.training.maxSteps = 0;
  if (path === 'model.hiddenSize' || path === 'model.numAttentionHeads') {
    Object.assign(changed.model, proportions(settings.model, changed.model));
  }
  return changed;
}

function proportions(before: ModelConfig, after: ModelConfig): Partial<ModelConfig> {
  const { hiddenSize, numAttentionHeads } = after;
  const wide = before.intermediateSize === 4 * before.hiddenSize ? { intermediateSize: 4 * hiddenSize } : {};
  const keyValues =
    'numKeyValueHeads' in before && before.numKeyValueHeads === before.numAttentionHeads
      ? { numKeyValueHeads: numAttentionHeads }
      : {};
  const size =
    'headDim' in before && before.headDim === usualHeadSize(before) ? { headDim: usualHeadSize(after) } : {};
  return { ...wide, ...keyValues, ...size };
}

/** Settings with another model form; see `inForm`. */
export function withForm(settings: RunSettings, modelType: ModelType): RunSettings {
  return { ...settings, model: inForm(settings.model, modelType) };
}

/** What the tokenizer and the dataset decide is never a difference. */
const followers: ReadonlySet<string> = new Set([
  'model.vocabSize',
  'model.numLabels',
  'data.inputColumn',
  'data.targetColumn',
]);

/** The same settings with the columns of others. */
export function withColumnsOf(settings: RunSettings, { data }: Pick<RunSettings, 'data'>): RunSettings {
  const { inputColumn, targetColumn } = data;
  return { ...settings, data: { ...settings.data, inputColumn, targetColumn } };
}

/** The paths that differ from the reference, of those that the run reads; a form or length that differs counts once. */
export function differences(settings: RunSettings, reference: RunSettings): string[] {
  const tables = fittingFields(settings);
  const isOtherForm = settings.model.modelType !== reference.model.modelType;
  const paths = Object.entries(tables).flatMap(([section, fields]) =>
    Object.keys(fields).map((name) => `${section}.${name}`),
  );
  const found = paths.filter((path) => {
    const before = valueAt(reference, path) as SettingValue | undefined;
    if (followers.has(path) || before === undefined) return false;
    if (isOtherForm && path === 'model.hiddenAct') return false;
    return isDifferent(valueAt(settings, path), before);
  });
  const isLengthTwice = found.includes('training.maxSteps') && found.includes('training.numTrainEpochs');
  const counted = isLengthTwice ? found.filter((path) => path !== 'training.numTrainEpochs') : found;
  return isOtherForm ? ['model.modelType', ...counted] : counted;
}

/**
 * The settings as the run will have them: the vocabulary is that of the tokenizer. `characterCount` is how many
 * different characters the dataset has, or null where nobody has looked.
 */
export function settledSettings(
  { settings, start }: { readonly settings: RunSettings; readonly start: RunStart },
  kept: Pick<TokenizerRecord, 'kind' | 'vocabSize'> | null,
  characterCount: number | null,
): RunSettings {
  if (start.mode !== 'scratch') return settings;
  const { data, model } = settings;
  if (kept) {
    const tokenizer = kept.kind === 'characters' ? 'characters' : 'byte-level-bpe';
    const tokenizerVocabSize = kept.vocabSize >= 257 ? kept.vocabSize : data.tokenizerVocabSize;
    return {
      ...settings,
      model: { ...model, vocabSize: kept.vocabSize },
      data: { ...data, tokenizer, tokenizerVocabSize },
    };
  }
  const vocabSize =
    data.tokenizer === 'characters' ? (characterCount ?? model.vocabSize) : data.tokenizerVocabSize;
  return { ...settings, model: { ...model, vocabSize } };
}
