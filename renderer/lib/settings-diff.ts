// The settings of several runs beside each other: what differs first, what differs from the run they are compared
// with marked, a setting that a run does not have as an en dash. Nothing of Vue.

import { tasks, type Fields, type RunSettings } from '../../engine/config.ts';
import type { SettingValue } from './draft-changes.ts';
import { fittingFields } from './fitting-fields.ts';
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
  /** Free text stands as it is: a column is called what it is called. */
  readonly isText: boolean;
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

/** Every setting that a run reads, in the order of the tables that describe them. */
export function flatSettings(settings: RunSettings): FlatSetting[] {
  const { model, training, data, tuning, preset, task } = settings;
  const fitting = fittingFields(settings);
  const flatten = (part: string, fields: Fields, values: object): FlatSetting[] =>
    Object.entries(fields).map(([key, { label, help, unit = '', type }]) => ({
      path: `${part}.${key}`,
      key,
      label,
      help,
      unit,
      isText: type === 'text',
      value: (values as Record<string, SettingValue | undefined>)[key],
    }));
  return [
    described('preset', 'Preset', 'The set of values that the run began from.', preset ?? ''),
    described('task', 'Task', 'What the model is trained to do.', tasks[task].label),
    described('model.modelType', 'Form', 'The family of transformers that the model is of.', model.modelType),
    ...flatten('model', fitting.model, model),
    ...flatten('training', fitting.training, training),
    ...flatten('data', fitting.data, data),
    ...flatten('tuning', fitting.tuning, tuning),
  ];
}

function described(path: string, label: string, help: string, value: SettingValue): FlatSetting {
  return { path, key: path.slice(path.indexOf('.') + 1), label, help, unit: '', isText: false, value };
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
  const rows = [...all.values()].map(({ path, key, label, help, unit, isText }): DiffRow => {
    const values = tables.map((table) => table?.get(path)?.value);
    const cells = values.map((value, index) => ({
      words: value === undefined ? unknown : isText && value !== '' ? String(value) : valueWords(value),
      value,
      isOther: tables[index] !== null && tables[reference] !== null && isOther(value, values[reference]),
    }));
    const known = values.filter((_value, index) => tables[index] !== null);
    const differs = known.some((value) => isOther(value, known[0]));
    return { path, key, label, help, unit, isText, cells, differs };
  });
  return [...rows.filter(({ differs }) => differs), ...rows.filter(({ differs }) => !differs)];
}

function isOther(one: SettingValue | undefined, other: SettingValue | undefined): boolean {
  if (one === undefined || other === undefined) return one !== other;
  return isDifferent(one, other);
}
