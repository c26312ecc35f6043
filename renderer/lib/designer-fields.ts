// Which settings stand open in the designer and which are folded, and in what order. Names only: everything
// said about a setting comes from the engine's tables. Nothing of Vue.

import {
  dataFields,
  modelFields,
  trainingFields,
  type Fields,
  type ModelType,
  type Task,
} from '../../engine/config.ts';
import { fitsTask } from './fitting-fields.ts';

export interface FieldGroup {
  /** Empty for a group that needs no heading. */
  readonly title: string;
  /** Such as `model.hiddenSize`. */
  readonly paths: readonly string[];
}

const path = (section: string) => (name: string) => `${section}.${name}`;

const sizeNames = [
  'numHiddenLayers',
  'numDecoderLayers',
  'numAttentionHeads',
  'hiddenSize',
  'maxPositionEmbeddings',
];
/** The first of these that a form has is its main one. */
const dropoutNames = ['residPdrop', 'dropout', 'hiddenDropout', 'dropoutRate', 'attentionDropout'];
/** Decided elsewhere: by the tokenizer, the data, and weights that came with one. */
const decidedNames = ['vocabSize', 'numLabels', 'outputBias'];

/** The model's settings that matter most. */
export function openModelPaths(form: ModelType): string[] {
  const fields: Fields = modelFields[form];
  const dropout = dropoutNames.filter((name) => name in fields).slice(0, 1);
  return [...sizeNames.filter((name) => name in fields), ...dropout].map(path('model'));
}

/** The rest of them, in the order of their table. */
export function moreModelGroups(form: ModelType): FieldGroup[] {
  const open = openModelPaths(form);
  const names = Object.keys(modelFields[form]).filter((name) => !decidedNames.includes(name));
  return [{ title: '', paths: names.map(path('model')).filter((one) => !open.includes(one)) }];
}

const trainingPaths = (task: Task, names: readonly string[]): string[] =>
  names.filter((name) => fitsTask((trainingFields as Fields)[name]!, task)).map(path('training'));

/** Beside the length of the run, which stands first. */
export function openTrainingPaths(task: Task): string[] {
  return trainingPaths(task, [
    'learningRate',
    'perDeviceTrainBatchSize',
    'mlmProbability',
    'evalSteps',
    'metricForBestModel',
    'lrSchedulerType',
  ]);
}

/** The rest of how a task is trained, by what it is about. */
export function moreTrainingGroups(task: Task): FieldGroup[] {
  return trainingGroups
    .map(({ title, names }) => ({ title, paths: trainingPaths(task, names) }))
    .filter(({ paths }) => paths.length > 0);
}

const trainingGroups: readonly { readonly title: string; readonly names: readonly string[] }[] = [
  {
    title: 'Schedule and optimizer',
    names: [
      'warmupSteps',
      'minLearningRate',
      'optim',
      'weightDecay',
      'maxGradNorm',
      'adamBeta1',
      'adamBeta2',
      'adamEpsilon',
      'labelSmoothingFactor',
    ],
  },
  {
    title: 'Batches',
    names: [
      'gradientAccumulationSteps',
      'mixedPrecision',
      'maxLength',
      'maxTargetLength',
      'padding',
      'paddingSide',
      'groupByLength',
      'packing',
      'seed',
    ],
  },
  {
    title: 'Evaluation and samples',
    names: [
      'evalBatches',
      'predictExamples',
      'numBeams',
      'samplePrompt',
      'sampleTokens',
      'earlyStoppingPatience',
      'loggingSteps',
    ],
  },
  { title: 'Checkpoints', names: ['saveSteps', 'saveTotalLimit'] },
];

/** How the data of a task is read and split; its columns are chosen from lists of their own. */
export function moreDataPaths(task: Task): string[] {
  return ['chatTemplate', 'answersOnly', 'validationFraction', 'splitBy']
    .filter((name) => fitsTask((dataFields as Fields)[name]!, task))
    .map(path('data'));
}
