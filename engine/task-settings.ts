// How settings become those of another model form, of another task or of a sample's card, and which preset a task
// begins with. One rule for the page, the terminal and the studio. Pure; checks nothing: whoever uses them does.

import { defaultsOf, type Fields } from './fields.ts';
import { architectures, modelFields, modelTypes, type ModelConfig, type ModelType } from './model-config.ts';
import { tasks, type Task } from './tasks.ts';

/** The settings of a run, as far as they matter here. */
interface Parts {
  readonly task: Task;
  readonly model: ModelConfig;
  readonly training: object;
  readonly data: object;
  readonly tuning: object;
  readonly labels: string[];
}

/** Until the data has told how many there are, a classifier has two. */
const fewestClasses = 2;

/** Whether a model form can do a task. */
export function canDo(modelType: ModelType, task: Task): boolean {
  return architectures[modelType] === tasks[task].architecture;
}

/** The usual size of a head, even, as rotary positions need it. */
export function usualHeadSize({
  hiddenSize,
  numAttentionHeads,
}: Pick<ModelConfig, 'hiddenSize' | 'numAttentionHeads'>): number {
  return Math.max(2, Math.ceil(hiddenSize / numAttentionHeads / 2) * 2);
}

/** A model in another form: sizes carry over, what a form prefers, such as its activation, does not. */
export function inForm(model: ModelConfig, modelType: ModelType): ModelConfig {
  if (model.modelType === modelType) return model;
  const fields: Fields = modelFields[modelType];
  const shared = Object.entries(model).filter(([name]) => name in fields && name !== 'hiddenAct');
  const heads =
    'headDim' in fields && !('headDim' in model)
      ? {
          headDim: usualHeadSize(model),
          ...('numKeyValueHeads' in fields ? { numKeyValueHeads: model.numAttentionHeads } : {}),
        }
      : {};
  return { modelType, ...defaultsOf(fields), ...Object.fromEntries(shared), ...heads } as ModelConfig;
}

/**
 * The same settings for another task: the columns are guessed anew, a model that cannot do it becomes the first
 * form that can, and only a classifier has classes.
 */
export function withTask<S extends Parts>(settings: S, task: Task): S {
  if (settings.task === task) return settings;
  const { modelType } = settings.model;
  const model = inForm(
    settings.model,
    canDo(modelType, task) ? modelType : modelTypes.find((type) => canDo(type, task))!,
  );
  const numLabels = task === 'classify' ? fewestClasses : 0;
  return {
    ...settings,
    task,
    labels: [],
    model: 'numLabels' in model ? { ...model, numLabels } : model,
    data: { ...settings.data, inputColumn: '', targetColumn: '' },
  };
}

/** The presets for a task, else those whose model can do it, made over for it. */
export function presetsFor<P extends { readonly settings: Parts }>(presets: readonly P[], task: Task): P[] {
  const own = presets.filter(({ settings }) => settings.task === task);
  if (own.length > 0) return own;
  return presets
    .filter(({ settings }) => canDo(settings.model.modelType, task))
    .map((preset) => ({ ...preset, settings: withTask(preset.settings, task) }));
}

/** The preset with the smallest model, the first of equals, or null where there is none. */
export function smallestPreset<P extends { readonly settings: Parts }>(presets: readonly P[]): P | null {
  const size = ({ settings: { model } }: P): number =>
    model.numHiddenLayers * model.hiddenSize * model.hiddenSize;
  return presets.reduce<P | null>(
    (least, one) => (least === null || size(one) < size(least) ? one : least),
    null,
  );
}

type Values = Readonly<Record<string, number | string | boolean>>;

/** What the card of a sample changes about settings, by section: `model`, `training`, `data`, `tuning`. */
export type CardChanges = Readonly<Record<string, Values>>;

/** Settings of a run on a sample: for its task, changed as its card says. */
export function settingsOfCard<S extends Parts>(settings: S, task: Task, changes: CardChanges): S {
  const { modelType = settings.model.modelType, ...model } = changes['model'] ?? {};
  const made = withTask(settings, task);
  const formed =
    'modelType' in (changes['model'] ?? {}) ? inForm(made.model, modelType as ModelType) : made.model;
  return {
    ...made,
    model: { ...formed, ...model } as ModelConfig,
    training: { ...made.training, ...changes['training'] },
    data: { ...made.data, ...changes['data'] },
    tuning: { ...made.tuning, ...changes['tuning'] },
  };
}
