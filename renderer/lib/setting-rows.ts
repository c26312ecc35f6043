// The settings of a run as rows of label and value, from the same tables that describe every setting.

import { tasks, type Fields, type RunSettings } from '../../engine/config.ts';
import { fittingFields } from './fitting-fields.ts';
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

/** More classes would fill the row. */
const mostLabels = 6;

export interface SettingGroup {
  readonly title: string;
  readonly rows: readonly SettingRow[];
}

/** The settings that a run reads, in the order of their tables; beside those of the preset, if there is one. */
export function settingGroups(settings: RunSettings, preset: RunSettings | null = null): SettingGroup[] {
  const { model, training, data, tuning } = settings;
  const fields = fittingFields(settings);
  const isSameForm = preset?.model.modelType === model.modelType;
  return [
    { title: 'Model', rows: rowsOf(fields.model, model, isSameForm ? preset.model : null) },
    { title: 'Training', rows: rowsOf(fields.training, training, preset?.training ?? null) },
    { title: 'Data', rows: [taskRow(settings), ...rowsOf(fields.data, data, preset?.data ?? null)] },
    { title: 'Tuning', rows: rowsOf(fields.tuning, tuning, null) },
  ];
}

function taskRow({ task, labels }: RunSettings): SettingRow {
  const { label, help } = tasks[task];
  const value = labels.length === 0 ? label : `${label}: ${labels.slice(0, mostLabels).join(', ')}`;
  const rest = labels.length > mostLabels ? ` and ${labels.length - mostLabels} more` : '';
  return { key: 'task', label: 'Task', help, value: value + rest, exact: task, presetValue: null };
}

function rowsOf(fields: Fields, values: object, reference: object | null): SettingRow[] {
  return Object.entries(fields).map(([key, { label, help, unit, type }]) => {
    const value = valueOf(values, key);
    const other = reference ? valueOf(reference, key) : value;
    const words = (one: unknown): string =>
      [valueWords(one, type === 'text'), unitFor(one, unit)].filter(Boolean).join(' ');
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

/** Free text stands as it is: a column is called what it is called. */
function valueWords(value: unknown, isText: boolean): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number')
    return Number.isInteger(value) ? formatInteger(value) : formatLearningRate(value);
  if (value === '' || value === undefined) return '–';
  return isText ? String(value) : choiceWords(String(value));
}
