// The settings of several runs beside each other: what differs first, what differs from the run they are compared
// with marked, a setting that a run does not have as an en dash. Nothing of Vue.

import {
  dataFields,
  modelFields,
  trainingFields,
  type Field,
  type RunSettings,
} from '../../engine/config.ts';
import type { SettingValue } from './draft-changes.ts';
import { unknown } from './format.ts';
import { isDifferent, valueWords } from './setting-words.ts';
/** One setting of one run. */
export interface FlatSetting {
  /** Such as `training.learningRate`. */
  readonly path: string;
  readonly key: string;
  readonly label: string;
  readonly help: string;
  readonly unit: string;
  readonly value: SettingValue | undefined;
}

export interface DiffCell {
  readonly words: string;
  readonly value: SettingValue | undefined;
  /** Other than that of the run that all are compared with. */
  readonly isOther: boolean;
}

export interface DiffRow extends Omit<FlatSetting, 'value'> {
  /** One a run, in the order of the runs. */
  readonly cells: readonly DiffCell[];
  readonly differs: boolean;
}

/** Every setting of a run, in the order of the tables that describe them. */
export function flatSettings({ model, training, data, preset }: RunSettings): FlatSetting[] {
  const flatten = (part: string, fields: Readonly<Record<string, Field>>, values: object): FlatSetting[] =>
    Object.entries(fields).map(([key, { label, help, unit = '' }]) => ({
      path: `${part}.${key}`,
      key,
      label,
      help,
      unit,
      value: (values as Record<string, SettingValue | undefined>)[key],
    }));
  return [
    described('preset', 'Preset', 'The set of values that the run began from.', preset ?? ''),
    described('model.modelType', 'Form', 'The family of transformers that the model is of.', model.modelType),
    ...flatten('model', modelFields[model.modelType], model),
    ...flatten('training', trainingFields, training),
    ...flatten('data', dataFields, data),
  ];
}

function described(path: string, label: string, help: string, value: SettingValue): FlatSetting {
  return { path, key: path.slice(path.indexOf('.') + 1), label, help, unit: '', value };
}

/**
 * One row a setting that any of the runs has, those that differ first. `reference` is the position of the run that
 * the others are compared with; a run whose settings are not known yet is null and differs in nothing.
 */
export function settingsDiff(runs: readonly (RunSettings | null)[], reference: number): DiffRow[] {
  const tables = runs.map((settings) =>
    settings ? new Map(flatSettings(settings).map((one) => [one.path, one])) : null,
  );
  const all = new Map<string, FlatSetting>();
  for (const table of tables)
    for (const [path, setting] of table ?? []) if (!all.has(path)) all.set(path, setting);
  const rows = [...all.values()].map(({ path, key, label, help, unit }): DiffRow => {
    const values = tables.map((table) => table?.get(path)?.value);
    const cells = values.map((value, index) => ({
      words: value === undefined ? unknown : valueWords(value),
      value,
      isOther: tables[index] !== null && tables[reference] !== null && isOther(value, values[reference]),
    }));
    const known = values.filter((_value, index) => tables[index] !== null);
    const differs = known.some((value) => isOther(value, known[0]));
    return { path, key, label, help, unit, cells, differs };
  });
  return [...rows.filter(({ differs }) => differs), ...rows.filter(({ differs }) => !differs)];
}

function isOther(one: SettingValue | undefined, other: SettingValue | undefined): boolean {
  if (one === undefined || other === undefined) return one !== other;
  return isDifferent(one, other);
}
