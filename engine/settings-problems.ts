// Everything that is wrong with settings as someone types them, by setting and in plain words. Throws nothing:
// config.ts refuses, this explains.

import type { z } from 'zod';
import {
  dataFields,
  modelFields,
  modelProblems,
  runSettingsSchema,
  settingsSchemaVersion,
  trainingFields,
  taskProblems,
  trainingProblems,
  tuningFields,
  type Field,
  type Fields,
  type RunSettings,
} from './config.ts';
import type { SettingProblem } from './setting-problem.ts';

/** Settings that are whole and in range, or null, and what is wrong. Both where only numbers contradict. */
export function checkSettings(value: unknown): {
  readonly settings: RunSettings | null;
  readonly problems: readonly SettingProblem[];
} {
  const parsed = runSettingsSchema.safeParse(value);
  if (!parsed.success) {
    const problems = parsed.error.issues.flatMap((issue) => problemsOf(issue, value));
    return { settings: null, problems };
  }
  const { task, model, training } = parsed.data;
  const problems = [
    ...taskProblems(task, model),
    ...modelProblems(model),
    ...trainingProblems(training, model),
  ];
  return { settings: parsed.data, problems };
}

function problemsOf(issue: z.core.$ZodIssue, value: unknown): SettingProblem[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...path, key].join('.'),
      message: `There is no setting "${key}"${path.length > 0 ? ` in ${path.join('.')}` : ''}.`,
      hint: 'Leave it out.',
    }));
  }
  if (path.join('.') === 'schemaVersion') {
    return [
      {
        path: 'schemaVersion',
        message: `These settings are not of schema version ${settingsSchemaVersion}.`,
        hint: 'Open them with the Heddle that wrote them.',
      },
    ];
  }
  const field = fieldAt(path, value);
  if (!field) {
    const hint = 'Begin with a preset and change what you want changed.';
    return [
      { path: path.join('.'), message: `${path.join('.') || 'The settings'}: ${issue.message}.`, hint },
    ];
  }
  return [
    { path: path.join('.'), message: `${field.label} must be ${allowedWords(field)}.`, hint: field.help },
  ];
}

function fieldAt(path: readonly string[], value: unknown): Field | undefined {
  const [section, name] = path;
  if (name === undefined) return undefined;
  const modelType = (value as { model?: { modelType?: keyof typeof modelFields } }).model?.modelType;
  const tables: Readonly<Record<string, Fields | undefined>> = {
    model: modelType ? modelFields[modelType] : undefined,
    training: trainingFields,
    data: dataFields,
    tuning: tuningFields,
  };
  return tables[section ?? '']?.[name];
}

function allowedWords({ type, minimum, maximum, choices, unit }: Field): string {
  const range = `from ${minimum?.toLocaleString('en')} to ${maximum?.toLocaleString('en')}`;
  const units = unit ? ` ${unit}` : '';
  switch (type) {
    case 'integer':
      return `a whole number ${range}${units}`;
    case 'number':
      return `a number ${range}${units}`;
    case 'boolean':
      return 'on or off';
    case 'choice':
      return `one of ${choices!.join(', ')}`;
    case 'text':
      return 'text';
    default:
      return type satisfies never;
  }
}
