// Which settings a run has: those of its model form, and of the rest those that are for its task and its method.
// Forms, differences and tables of settings all ask here, so that none shows what the run does not read.

import {
  dataFields,
  modelFields,
  trainingFields,
  tuningFields,
  type Field,
  type Fields,
  type ModelConfig,
  type RunSettings,
  type Task,
  type TuningConfig,
} from '../../engine/config.ts';

export type Section = 'model' | 'training' | 'data' | 'tuning';

/** What decides the settings of a run. */
export interface FieldChoice {
  readonly task: Task;
  readonly model: Pick<ModelConfig, 'modelType'>;
  readonly tuning: Pick<TuningConfig, 'method'>;
}

/** The settings that each method reads beside its own name. */
const tuningNames: Readonly<Record<TuningConfig['method'], readonly string[]>> = {
  full: [],
  layers: ['trainLayers'],
  lora: ['loraR', 'loraAlpha', 'loraDropout', 'loraTargetModules'],
};

/** Whether a setting is for a task. */
export function fitsTask(field: Pick<Field, 'tasks'>, task: Task): boolean {
  return field.tasks === undefined || field.tasks.includes(task);
}

/** The settings that a method reads, in the order of their table. */
export function tuningNamesOf(method: TuningConfig['method']): readonly string[] {
  return ['method', ...tuningNames[method]];
}

/** The settings of a run by section, each in the order of its table. */
export function fittingFields({ task, model, tuning }: FieldChoice): Record<Section, Fields> {
  const forTask = (fields: Fields): Fields =>
    Object.fromEntries(Object.entries(fields).filter(([, field]) => fitsTask(field, task)));
  const named = tuningNamesOf(tuning.method);
  return {
    model: modelFields[model.modelType],
    training: forTask(trainingFields),
    data: forTask(dataFields),
    tuning: Object.fromEntries(Object.entries(tuningFields).filter(([name]) => named.includes(name))),
  };
}

/** Every field of a section, whatever the task: what a path is looked up in. */
export function allFields({ model }: Pick<RunSettings, 'model'>): Record<Section, Fields> {
  return {
    model: modelFields[model.modelType],
    training: trainingFields,
    data: dataFields,
    tuning: tuningFields,
  };
}
