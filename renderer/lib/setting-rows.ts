// The settings of a run as rows of label and value, from the same tables that describe every setting.

import {
  dataFields,
  modelFields,
  trainingFields,
  type Fields,
  type RunSettings,
} from '../../engine/config.ts';
import { formatInteger, formatLearningRate } from './format.ts';

export interface SettingRow {
  readonly key: string;
  readonly label: string;
  readonly value: string;
  readonly help: string;
}

export interface SettingGroup {
  readonly title: string;
  readonly rows: readonly SettingRow[];
}

/** Model, training and data settings, in the order of their tables. */
export function settingGroups({ model, training, data }: RunSettings): SettingGroup[] {
  return [
    { title: 'Model', rows: rowsOf(modelFields[model.modelType], model) },
    { title: 'Training', rows: rowsOf(trainingFields, training) },
    { title: 'Data', rows: rowsOf(dataFields, data) },
  ];
}

function rowsOf(fields: Fields, values: object): SettingRow[] {
  return Object.entries(fields).map(([key, { label, help, unit }]) => {
    const value = (values as Record<string, unknown>)[key];
    return { key, label, help, value: [valueWords(value), unitFor(value, unit)].filter(Boolean).join(' ') };
  });
}

/** The unit in the singular for one. */
function unitFor(value: unknown, unit = ''): string {
  return value === 1 ? unit.replace(/(ch)es$|s$/, '$1') : unit;
}

function valueWords(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number')
    return Number.isInteger(value) ? formatInteger(value) : formatLearningRate(value);
  return value === '' || value === undefined ? '–' : String(value);
}
