// The settings of a run as rows of label and value, from the same tables that describe every setting.

import {
  dataFields,
  modelFields,
  trainingFields,
  type Fields,
  type RunSettings,
} from '../../engine/config.ts';
import { formatInteger, formatLearningRate } from './format.ts';
import { choiceWords } from './setting-words.ts';

export interface SettingRow {
  readonly key: string;
  readonly label: string;
  readonly value: string;
  readonly help: string;
  /** The value as it is, for who wants every digit. */
  readonly exact: string;
  /** What the preset has, where the run has something else. */
  readonly presetValue: string | null;
}

export interface SettingGroup {
  readonly title: string;
  readonly rows: readonly SettingRow[];
}

/** Model, training and data settings, in the order of their tables; beside those of the preset, if there is one. */
export function settingGroups(
  { model, training, data }: RunSettings,
  preset: RunSettings | null = null,
): SettingGroup[] {
  const isSameForm = preset?.model.modelType === model.modelType;
  return [
    { title: 'Model', rows: rowsOf(modelFields[model.modelType], model, isSameForm ? preset.model : null) },
    { title: 'Training', rows: rowsOf(trainingFields, training, preset?.training ?? null) },
    { title: 'Data', rows: rowsOf(dataFields, data, preset?.data ?? null) },
  ];
}

function rowsOf(fields: Fields, values: object, reference: object | null): SettingRow[] {
  return Object.entries(fields).map(([key, { label, help, unit }]) => {
    const value = valueOf(values, key);
    const other = reference ? valueOf(reference, key) : value;
    const words = (one: unknown): string => [valueWords(one), unitFor(one, unit)].filter(Boolean).join(' ');
    // A vocabulary of 0 in a preset means: as large as the tokenizer that is made for the run.
    const isFilledIn = key === 'vocabSize' && other === 0;
    return {
      key,
      label,
      help,
      value: words(value),
      exact: String(value),
      presetValue: other === value || isFilledIn ? null : words(other),
    };
  });
}

function valueOf(values: object, key: string): unknown {
  return (values as Record<string, unknown>)[key];
}

/** The unit in the singular for one. */
function unitFor(value: unknown, unit = ''): string {
  return value === 1 ? unit.replace(/(ch)es$|s$/, '$1') : unit;
}

function valueWords(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number')
    return Number.isInteger(value) ? formatInteger(value) : formatLearningRate(value);
  return value === '' || value === undefined ? '–' : choiceWords(String(value));
}
