// Which settings stand open in the designer and which are folded, and in what order. Names only: everything
// said about a setting comes from the engine's tables. Nothing of Vue.

import { modelFields, type ModelType } from '../../engine/config.ts';

export interface FieldGroup {
  /** Empty for a group that needs no heading. */
  readonly title: string;
  /** Such as `model.hiddenSize`. */
  readonly paths: readonly string[];
}

const path = (section: string) => (name: string) => `${section}.${name}`;

const openModelNames = [
  'numHiddenLayers',
  'numAttentionHeads',
  'hiddenSize',
  'maxPositionEmbeddings',
  // Each form has one of the two.
  'residPdrop',
  'attentionDropout',
];

/** The model's settings that matter most. */
export function openModelPaths(form: ModelType): string[] {
  return openModelNames.filter((name) => name in modelFields[form]).map(path('model'));
}

/** The rest of them, in the order of their table; the vocabulary is the tokenizer's. */
export function moreModelGroups(form: ModelType): FieldGroup[] {
  const names = Object.keys(modelFields[form]);
  const rest = names.filter((name) => name !== 'vocabSize' && !openModelNames.includes(name));
  return [{ title: '', paths: rest.map(path('model')) }];
}

/** Beside the length of the run, which stands first. */
export const openTrainingPaths: readonly string[] = [
  'learningRate',
  'perDeviceTrainBatchSize',
  'evalSteps',
  'lrSchedulerType',
].map(path('training'));

export const moreTrainingGroups: readonly FieldGroup[] = [
  {
    title: 'Schedule and optimizer',
    paths: [
      'warmupSteps',
      'minLearningRate',
      'optim',
      'weightDecay',
      'maxGradNorm',
      'adamBeta1',
      'adamBeta2',
      'adamEpsilon',
      'labelSmoothingFactor',
    ].map(path('training')),
  },
  { title: 'Batches', paths: ['gradientAccumulationSteps', 'maxLength', 'seed'].map(path('training')) },
  {
    title: 'Evaluation and samples',
    paths: ['evalBatches', 'samplePrompt', 'sampleTokens', 'earlyStoppingPatience', 'loggingSteps'].map(
      path('training'),
    ),
  },
  { title: 'Checkpoints', paths: ['saveSteps', 'saveTotalLimit'].map(path('training')) },
];

export const moreDataPaths: readonly string[] = ['validationFraction', 'splitBy'].map(path('data'));
