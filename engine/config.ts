// Every setting of a run: model form (model-config.ts), training, data and generation, with defaults, limits
// and help. Forms, flags, tooltips and validation read these tables; a setting is added here and nowhere else.

import { z } from 'zod';
import { EngineError } from './errors.ts';
import { boolean, choice, fieldsSchema, integer, number, text, type Fields, type Values } from './fields.ts';
import {
  architectures,
  checkModelConfig,
  modelConfigSchema,
  modelTypes,
  type ModelConfig,
} from './model-config.ts';
import { refuseProblem, type SettingProblem } from './setting-problem.ts';
import {
  chatTasks,
  evaluationMetrics,
  exampleTasks,
  pairTasks,
  taskNames,
  tasks,
  type Task,
} from './tasks.ts';
import { chatTemplateNames } from './chat-template-names.ts';
import { tuningFields, type TuningConfig } from './tuning.ts';

export { evaluationLength, sequenceLength } from './evaluation-length.ts';
export { defaultsOf, flagOf, type Field, type Fields, type Values } from './fields.ts';
export * from './model-config.ts';
export * from './task-settings.ts';
export * from './tasks.ts';
export * from './tuning.ts';

/** Raised when the shape of saved settings changes; older settings are migrated on reading, newer refused. */
export const settingsSchemaVersion = 1;

export const trainingFields = {
  maxSteps: integer(0, 0, 100_000_000, {
    label: 'Steps',
    unit: 'steps',
    help: 'Length of the run in optimizer steps; 0 means the length is given in epochs.',
  }),
  numTrainEpochs: number(0, 0, 100_000, {
    label: 'Epochs',
    unit: 'epochs',
    help: 'Length of the run in passes over the training data; fractions are allowed, 0 means steps are given.',
  }),
  perDeviceTrainBatchSize: integer(12, 1, 65_536, {
    label: 'Batch size',
    unit: 'sequences',
    help: 'Sequences trained on at once; more is steadier and needs more memory.',
  }),
  gradientAccumulationSteps: integer(1, 1, 10_000, {
    label: 'Accumulation',
    unit: 'batches',
    help: 'Batches added up before each optimizer step, as if they were one large batch.',
  }),
  maxLength: integer(0, 0, 131_072, {
    label: 'Sequence length',
    unit: 'tokens',
    help: 'Tokens in one training sequence; 0 means the model context length.',
  }),
  maxTargetLength: integer(0, 0, 131_072, {
    label: 'Target length',
    unit: 'tokens',
    help: 'Tokens of the written side of one example; 0 means as many as on the read side.',
    tasks: pairTasks,
  }),
  padding: choice('longest', ['longest', 'max_length'] as const, {
    label: 'Padding',
    help: 'Whether a batch is padded to its longest example or to the sequence length.',
    tasks: exampleTasks,
  }),
  paddingSide: choice('right', ['right', 'left'] as const, {
    label: 'Padding side',
    help: 'On which side of an example padding stands.',
    tasks: exampleTasks,
  }),
  groupByLength: boolean(true, {
    label: 'Group by length',
    help: 'Puts examples of like length into one batch, which wastes less on padding.',
    tasks: exampleTasks,
  }),
  packing: boolean(false, {
    label: 'Packing',
    help: 'Puts several examples into one sequence; none sees the others.',
    tasks: chatTasks,
  }),
  mlmProbability: number(0.15, 0.01, 0.9, {
    label: 'Hidden share',
    help: 'Share of tokens that are to be filled in; of these 80 % are hidden, 10 % replaced, 10 % left.',
    tasks: ['mask'],
  }),
  learningRate: number(1e-3, 0, 100, {
    label: 'Learning rate',
    help: 'How far each step moves the weights; too high and the loss jumps, too low and it crawls.',
  }),
  minLearningRate: number(0, 0, 100, {
    label: 'Final learning rate',
    help: 'Where a linear or cosine schedule ends.',
  }),
  lrSchedulerType: choice('cosine', ['constant', 'linear', 'cosine'] as const, {
    label: 'Schedule',
    help: 'How the learning rate falls after the warm-up.',
  }),
  warmupSteps: integer(100, 0, 100_000_000, {
    label: 'Warm-up',
    unit: 'steps',
    help: 'Steps over which the learning rate rises from zero.',
  }),
  optim: choice('adamw', ['adamw', 'adam', 'sgd'] as const, {
    label: 'Optimizer',
    help: 'The rule that turns gradients into steps; AdamW is the usual choice.',
  }),
  adamBeta1: number(0.9, 0, 0.9999, {
    label: 'Beta 1',
    help: 'How long Adam remembers the direction; SGD uses it as momentum.',
  }),
  adamBeta2: number(0.99, 0, 0.999999, {
    label: 'Beta 2',
    help: 'How long Adam remembers the size of gradients.',
  }),
  adamEpsilon: number(1e-8, 1e-15, 1, {
    label: 'Epsilon',
    help: 'A small number that keeps Adam from dividing by zero.',
  }),
  weightDecay: number(0.1, 0, 10, {
    label: 'Weight decay',
    help: 'Pulls weight matrices towards zero; norms and biases are left alone.',
  }),
  maxGradNorm: number(1, 0, 1e6, {
    label: 'Gradient clip',
    help: 'Longest gradient allowed; longer ones are scaled down. 0 switches it off.',
  }),
  mixedPrecision: choice('no', ['no', 'fp16'] as const, {
    label: 'Mixed precision',
    help: 'fp16 keeps what is computed on the way in 16 bits, which takes about half the memory; needs a GPU with shader-f16.',
  }),
  labelSmoothingFactor: number(0, 0, 0.9, {
    label: 'Label smoothing',
    help: 'Share of certainty spread over all tokens, so that the model stays less sure of itself.',
  }),
  loggingSteps: integer(1, 1, 1_000_000, {
    label: 'Log every',
    unit: 'steps',
    help: 'How often training loss is recorded.',
  }),
  evalSteps: integer(250, 0, 100_000_000, {
    label: 'Evaluate every',
    unit: 'steps',
    help: 'How often the loss on held-out text is measured, a sample written and a checkpoint saved; 0 means only at the end.',
  }),
  evalBatches: integer(20, 1, 1_000_000, {
    label: 'Evaluation size',
    unit: 'batches',
    help: 'How many batches of held-out text each evaluation reads; always the same ones.',
  }),
  saveSteps: integer(0, 0, 100_000_000, {
    label: 'Save every',
    unit: 'steps',
    help: 'How often a checkpoint is saved beside those at each evaluation and each minute; 0 means never.',
  }),
  saveTotalLimit: integer(2, 0, 100_000, {
    label: 'Checkpoints kept',
    unit: 'checkpoints',
    help: 'How many of the latest checkpoints are kept beside the best and the marked ones; 0 keeps all.',
  }),
  earlyStoppingPatience: integer(0, 0, 100_000, {
    label: 'Early stopping',
    unit: 'evaluations',
    help: 'Stops after this many evaluations without a better loss; 0 switches it off.',
  }),
  metricForBestModel: choice('loss', ['loss', ...evaluationMetrics] as const, {
    label: 'Best by',
    help: 'Which figure of the held-out data chooses the best checkpoint and can stop early.',
    tasks: exampleTasks,
  }),
  predictExamples: integer(64, 0, 1_000_000, {
    label: 'Examples written',
    unit: 'examples',
    help: 'How many held-out examples are written out at each evaluation to measure BLEU; 0 measures none.',
    tasks: pairTasks,
  }),
  numBeams: integer(1, 1, 16, {
    label: 'Beams',
    unit: 'beams',
    help: 'How many beginnings are kept while a target is written; 1 always takes the likeliest token.',
    tasks: pairTasks,
  }),
  samplePrompt: text('', {
    label: 'Sample prompt',
    help: 'What the sample written at each evaluation begins with; empty means a new line.',
  }),
  sampleTokens: integer(120, 0, 10_000, {
    label: 'Sample length',
    unit: 'tokens',
    help: 'Length of the sample written at each evaluation; 0 writes none.',
  }),
  seed: integer(1337, 0, 4_294_967_295, {
    label: 'Seed',
    help: 'The number all randomness comes from; the same seed gives the same run.',
  }),
} as const satisfies Fields;

export type TrainingConfig = Values<typeof trainingFields>;

export const dataFields = {
  inputColumn: text('', {
    label: 'Input column',
    help: 'The column that is read; empty means the likeliest one.',
    tasks: exampleTasks,
  }),
  targetColumn: text('', {
    label: 'Target column',
    help: 'The column that is learned; empty means the likeliest one.',
    tasks: exampleTasks,
  }),
  chatTemplate: choice('auto', chatTemplateNames, {
    label: 'Chat template',
    help: 'How turns are laid out as text; auto takes the tokenizer own template, else ChatML.',
    tasks: chatTasks,
  }),
  answersOnly: boolean(true, {
    label: 'Answers only',
    help: 'Learns the answers alone; off learns the questions too.',
    tasks: chatTasks,
  }),
  tokenizer: choice('characters', ['characters', 'byte-level-bpe'] as const, {
    label: 'Tokenizer',
    help: 'How text is cut: one token a character, or pieces of words learned from the text.',
  }),
  tokenizerVocabSize: integer(1_024, 257, 1_000_000, {
    label: 'Tokenizer vocabulary',
    unit: 'tokens',
    help: 'How many pieces a byte-level BPE tokenizer learns.',
  }),
  splitPattern: choice('gpt2', ['gpt2', 'gpt4'] as const, {
    label: 'Split pattern',
    help: 'The rule that cuts text into words before pieces are learned.',
  }),
  validationFraction: number(0.1, 0, 0.9, {
    label: 'Held out',
    help: 'Share of the text kept for evaluation and never trained on.',
  }),
  splitBy: choice('order', ['order', 'hash'] as const, {
    label: 'Split',
    help: 'Whether the held-out part is the end of the data, or rows chosen by their content.',
  }),
} as const satisfies Fields;

export type DataConfig = Values<typeof dataFields>;

export const generationFields = {
  maxNewTokens: integer(200, 1, 1_000_000, {
    label: 'Length',
    unit: 'tokens',
    help: 'How many tokens are written at most.',
  }),
  temperature: number(0.8, 0, 10, {
    label: 'Temperature',
    help: 'How daring the choice of each token is; 0 always takes the likeliest.',
  }),
  topK: integer(0, 0, 1_000_000, {
    label: 'Top k',
    unit: 'tokens',
    help: 'Chooses among this many of the likeliest tokens; 0 means all.',
  }),
  topP: number(1, 0, 1, {
    label: 'Top p',
    help: 'Chooses among the likeliest tokens that together hold this share of probability.',
  }),
  repetitionPenalty: number(1, 0.1, 10, {
    label: 'Repetition penalty',
    help: 'Above 1 makes tokens that were already written less likely.',
  }),
  seed: integer(1337, 0, 4_294_967_295, {
    label: 'Seed',
    help: 'The number the choices come from; the same seed writes the same text.',
  }),
} as const satisfies Fields;

export type GenerationConfig = Values<typeof generationFields> & { stopStrings: string[] };

export const generationConfigSchema = z.strictObject({
  ...(fieldsSchema(generationFields) as unknown as z.ZodObject).shape,
  stopStrings: z.array(z.string().min(1)).max(16).default([]),
}) as unknown as z.ZodType<GenerationConfig, Partial<GenerationConfig>>;

/** Everything that decides what a run computes. Immutable once the run exists. */
export interface RunSettings {
  schemaVersion: number;
  task: Task;
  preset: string | null;
  model: ModelConfig;
  training: TrainingConfig;
  data: DataConfig;
  tuning: TuningConfig;
  /** The classes of a classifier in the order of its outputs; the data decides them. */
  labels: string[];
}

export const runSettingsSchema: z.ZodType<RunSettings, unknown> = z.strictObject({
  schemaVersion: z.literal(settingsSchemaVersion),
  task: z.enum(taskNames),
  preset: z.string().nullable(),
  model: modelConfigSchema,
  training: fieldsSchema(trainingFields),
  data: fieldsSchema(dataFields),
  tuning: fieldsSchema(tuningFields).prefault({}),
  labels: z.array(z.string()).default([]),
}) as unknown as z.ZodType<RunSettings, unknown>;

/**
 * Checks settings against every range and against each other; returns them whole.
 * Throws `settings-invalid` that names each field and what it allows, `settings-newer` for a newer schema.
 */
export function parseRunSettings(value: unknown): RunSettings {
  const version = (value as { schemaVersion?: unknown } | null)?.schemaVersion;
  if (typeof version === 'number' && version > settingsSchemaVersion) {
    throw new EngineError(
      'settings-newer',
      `These settings have schema version ${version}; this Heddle knows up to ${settingsSchemaVersion}.`,
      { hint: 'Open them with the newer Heddle that wrote them.' },
    );
  }
  const parsed = runSettingsSchema.safeParse(value);
  if (!parsed.success) {
    throw new EngineError('settings-invalid', z.prettifyError(parsed.error), {
      hint: 'Change the named settings to a value in their range.',
    });
  }
  checkModelConfig(parsed.data.model);
  refuseProblem([
    ...taskProblems(parsed.data.task, parsed.data.model),
    ...trainingProblems(parsed.data.training, parsed.data.model),
  ]);
  return parsed.data;
}

/** What contradicts what in training settings, and in them and the model; empty when all is well. */
export function trainingProblems(training: TrainingConfig, model: ModelConfig): SettingProblem[] {
  const problems: SettingProblem[] = [];
  const { maxSteps, numTrainEpochs, maxLength } = training;
  if (maxSteps > 0 === numTrainEpochs > 0) {
    problems.push({
      path: 'training.maxSteps',
      message: `The length of a run is maxSteps or numTrainEpochs, one of them above 0; got ${maxSteps} and ${numTrainEpochs}.`,
      hint: 'Set one and leave the other at 0.',
    });
  }
  if (maxLength > model.maxPositionEmbeddings) {
    problems.push({
      path: 'training.maxLength',
      message: `maxLength ${maxLength} is longer than the model context of ${model.maxPositionEmbeddings} tokens.`,
      hint: 'Shorten the sequences or widen the context.',
    });
  }
  return problems;
}

/** Whether a model form can do a task; empty when it can. */
export function taskProblems(task: Task, { modelType }: ModelConfig): SettingProblem[] {
  const { architecture, label } = tasks[task];
  if (architectures[modelType] === architecture) return [];
  const fitting = modelTypes.filter((type) => architectures[type] === architecture);
  return [
    {
      path: 'model.modelType',
      message: `${label} needs an ${architecture} model; ${modelType} is ${architectures[modelType]}-only.`,
      hint: `Choose one of ${fitting.join(', ')}, or another task.`,
    },
  ];
}
